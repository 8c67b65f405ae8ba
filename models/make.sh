#!/bin/sh
# Makes each shipped int8 network from its float32 network with the recorded command:
#   models/make.sh CALIBRATION.h5 OUT_FOLDER [LOWCAL]
# CALIBRATION.h5: train_uniform.h5, 2000 showers uniform in 2-500 GeV. models/README.md says how far that is the
# shipped one.
set -eu
cd "$(dirname "$0")/.."
calibration=$1
out=$2
lowcal=${3:-build/release/bin/lowcal}
mkdir -p "$out"

make_int8() {  # make_int8 NAME OPTION...
    name=$1; shift
    "$lowcal" quantize "models/$name.onnx" --calibration "$calibration" "$@" --out "$out/$name.int8.onnx"
}

make_int8 conv2d --count 256 --float32 merge.output --float32-storage f16 --equalisation 0.6 --rounding compensated
make_int8 conv3d --count 128 --float32 body.output --equalisation 0.5 --rounding compensated
make_int8 fine --count 256
make_int8 lean --count 1024 --equalisation 0.6 --rounding compensated --float32 shape.dense --float32-storage f16
