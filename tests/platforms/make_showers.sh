#!/bin/sh
# make_showers.sh FOLDER COUNT NETWORKS PROGRAM...: so many showers of each shipped network (names in one
# word), the same ones on every platform, for compare.sh. PROGRAM is lowcal, behind an emulator where
# it takes one.
set -eu
folder="$1"
count="$2"
networks="$3"
shift 3
mkdir -p "$folder"
for network in $networks; do
    "$@" generate "models/$network.onnx" --energy 2:500 --count "$count" --seed 1 --threads 1 \
        --out "$folder/$network.h5" >"$folder/$network.log" 2>&1 || { cat "$folder/$network.log"; exit 1; }
done
