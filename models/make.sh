#!/bin/sh
# Makes each shipped int8 network from its float32 network with the recorded command:
#   models/make.sh FOLDER_OF_SHOWERS OUT_FOLDER [LOWCAL]
# Calibration showers: train_uniform.h5 (2000 showers uniform in 2-500 GeV), cylinder_train.h5, angles_train.h5.
# models/README.md says how far what comes out is the shipped one.
set -eu
cd "$(dirname "$0")/.."
showers=$1
out=$2
lowcal=${3:-build/release/bin/lowcal}
mkdir -p "$out"

make_int8() {  # make_int8 NAME SHOWERS OPTION...
    name=$1 calibration=$showers/$2; shift 2
    "$lowcal" quantize "models/$name.onnx" --calibration "$calibration" "$@" --out "$out/$name.int8.onnx"
}

make_int8 conv2d train_uniform.h5 --count 512 --float32 merge.output branch_z.conv7 branch_x.conv7 branch_y.conv7 --float32-storage f16 --equalisation 0.6 --rounding compensated
make_int8 conv3d train_uniform.h5 --count 256 --float32 body.output --equalisation 0.5 --rounding compensated
make_int8 fine train_uniform.h5 --count 256
make_int8 lean train_uniform.h5 --count 1024 --equalisation 0.6 --rounding compensated --float32 shape.dense --float32-storage f16
make_int8 cylinder cylinder_train.h5 --count 128
make_int8 angles angles_train.h5 --count 128
