#!/bin/sh
# From two exports to int8, and what became of them: run.sh FOLDER SHOWERS.h5 [lowcal]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$1 showers=$2 lowcal=${3:-lowcal}
python3 "$here/make_networks.py" "$folder"
cp "$here/keras_style.ports.json" "$folder"
cd "$folder"

"$lowcal" info pytorch_style.onnx
"$lowcal" quantize pytorch_style.onnx --calibration "$showers" --out pytorch.int8.onnx
"$lowcal" shift pytorch_style.onnx --candidate int8=pytorch.int8.onnx --count 500
"$lowcal" evaluate --reference "$showers" --candidate mine=pytorch.int8.onnx --no-judge
"$lowcal" bench pytorch_style.onnx pytorch.int8.onnx --batch 16

"$lowcal" quantize keras_style.onnx --ports keras_style.ports.json --calibration "$showers" --out keras.int8.onnx
"$lowcal" shift keras_style.onnx --ports keras_style.ports.json --candidate int8=keras.int8.onnx --count 500
"$lowcal" bench keras_style.onnx --ports keras_style.ports.json --batch 16
"$lowcal" bench keras.int8.onnx --batch 16
"$lowcal" generate keras.int8.onnx --energy 10:100 --count 100 --out showers.h5
