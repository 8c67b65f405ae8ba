#!/bin/sh
# make_showers.sh FOLDER COUNT PROGRAM...: showers of each shipped network, the same ones on every
# platform, for compare.sh. PROGRAM is lowcal, behind an emulator where it takes one.
set -eu
folder="$1"
count="$2"
shift 2
mkdir -p "$folder"
for network in models/*.onnx; do
    "$@" generate "$network" --energy 2:500 --count "$count" --seed 1 --threads 1 \
        --out "$folder/$(basename "$network" .onnx).h5" >/dev/null 2>&1
done
