#!/bin/sh
# The speed and memory figures of README.md: conv3d (where shipped) and conv2d, interleaved in one
# run, one and two threads, against Geant4 core for core. Prints the table; speed.json beside it.
set -eu
cd "$(dirname "$0")/.."
lowcal=build/release/bin/lowcal
mkdir -p out
exec "$lowcal" bench models/*.onnx --batch 1,4,16,64 --threads 1,2 --plain-transposed --rounds 5 \
    --reference data/validation.h5 --json out/speed.json
