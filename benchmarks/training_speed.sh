#!/bin/bash
# What a training step of conv2d costs by recipe, kernels and arithmetic: CPU milliseconds a shower on
# one thread, and showers a second that are. Each is the difference of a short and a longer run, so
# that reading and starting do not count; the runs of all are interleaved, three rounds, the median.
# training_speed.sh SHOWERS.h5 [TRAINER=build/release/bin/lowcal-train]
set -euo pipefail
cd "$(dirname "$0")/.."
showers=$1
trainer=${2:-build/release/bin/lowcal-train}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
few=4 many=12 batch=16 rounds=3

study="--recipe study --normalisation constant --generator-dropout 0 --linear-epochs 0"
paired="--recipe paired --layer-flow models/training/lean.pt"
names=("study, f32" "study, bf16" "paired, f32" "paired, bf16" "paired, bf16, rank 64")
options=("$study --precision f32" "$study --precision bf16" "$paired --precision f32"
    "$paired --precision bf16" "$paired --precision bf16 --factor-rank 64")

# CPU seconds of a run of so many steps.
cpu_seconds() {
    local steps=$1
    shift
    rm -rf "$folder/run"
    local TIMEFORMAT=%U
    { time "$trainer" --arch conv2d --data "$showers" --out "$folder/run" --threads 1 --held-out 2 \
        --batch $batch --steps "$steps" --start-from models/conv2d.onnx "$@" \
        >"$folder/log" 2>&1; } 2>&1
}

for _ in $(seq $rounds); do
    for i in "${!names[@]}"; do
        # shellcheck disable=SC2086
        short=$(cpu_seconds $few ${options[$i]}) long=$(cpu_seconds $many ${options[$i]})
        awk -v s="$short" -v l="$long" -v n=$(((many - few) * batch)) \
            'BEGIN { print 1000 * (l - s) / n }' >>"$folder/$i"
    done
done
echo "| step | CPU ms a shower | showers a second |"
echo "|---|---|---|"
for i in "${!names[@]}"; do
    sort -g "$folder/$i" | awk -v name="${names[$i]}" '
        { x[NR] = $1 }
        END { m = x[int((NR + 1) / 2)]; printf "| %s | %.1f | %.0f |\n", name, m, 1000 / m }'
done
