#!/bin/bash
# What training conv2d by several processes gives: seconds a step by 1, 2 and 4 ranks of the same
# number of showers each, the runs interleaved; then the losses of one training, the same batch
# shared by 1, 2 and 4 ranks, laid over each other in PICTURE.
# ranks.sh SHOWERS.h5 PICTURE.png [TRAINER=build/release/bin/lowcal-train] [ROUNDS=5]
set -euo pipefail
cd "$(dirname "$0")/.."
showers=$1
picture=$2
trainer=${3:-build/release/bin/lowcal-train}
rounds=${4:-5}
folder=$(mktemp -d)
command -v gnuplot >/dev/null || { echo "gnuplot is not installed" >&2; exit 1; }
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$folder"' EXIT
counts=(1 2 4) showers_a_rank=16 steps=36 first_timed=8
curve_batch=32 curve_steps=60

# train RANKS BATCH STEPS: leaves losses.csv in $folder/run.
train() {
    local ranks=$1 batch=$2 last=$3 rank
    rm -rf "$folder/run"
    export WORLD_SIZE=$ranks MASTER_ADDR=127.0.0.1 MASTER_PORT=$((20000 + RANDOM % 10000))
    for ((rank = ranks - 1; rank >= 0; --rank)); do
        RANK=$rank "$trainer" --arch conv2d --recipe paired --layer-flow models/training/lean.pt \
            --precision bf16 --factor-rank 64 --threads 1 --log-steps 1 --steps "$last" --batch "$batch" \
            --data "$showers" --held-out 100 --physics-minutes 60 --seed 7 --out "$folder/run" \
            >"$folder/rank$rank.log" 2>&1 &
    done
    for _ in $(seq "$ranks"); do wait -n || { cat "$folder"/rank*.log >&2; exit 1; }; done
}

median='{ x[NR] = $1 } END { print NR % 2 ? x[(NR + 1) / 2] : (x[NR / 2] + x[NR / 2 + 1]) / 2 }'
for _ in $(seq "$rounds"); do
    for ranks in "${counts[@]}"; do
        train "$ranks" $((ranks * showers_a_rank)) $steps
        awk -F, -v first=$first_timed 'NR > first { print $3 - before } { before = $3 }' \
            "$folder/run/losses.csv" | sort -g | awk "$median" >>"$folder/seconds$ranks"
    done
done
echo "| ranks | seconds a step | showers a second | over one rank |"
echo "|---|---|---|---|"
for ranks in "${counts[@]}"; do
    # Each round's ratio to its own run by one rank.
    paste "$folder/seconds1" "$folder/seconds$ranks" | awk -v n="$ranks" '{ print n * $1 / $2 }' |
        sort -g >"$folder/ratios"
    awk -v n="$ranks" -v each=$showers_a_rank -v s="$(sort -g "$folder/seconds$ranks" | awk "$median")" \
        -v ratio="$(awk "$median" "$folder/ratios")" -v low="$(head -n 1 "$folder/ratios")" \
        -v high="$(tail -n 1 "$folder/ratios")" \
        'BEGIN { printf "| %d | %.3f | %.1f | %.2f (%.2f to %.2f) |\n", n, s, n * each / s, ratio, low, high }'
done

for ranks in "${counts[@]}"; do
    train "$ranks" $curve_batch $curve_steps
    cp "$folder/run/losses.csv" "$folder/curve$ranks.csv"
done
# From wide to narrow, so that all are seen where they lie over each other.
gnuplot <<PLOT
set terminal pngcairo size 900,640
set output '$picture'
set datafile separator ','
set xlabel 'step'
set key title 'ranks' top right
set multiplot layout 2,1
do for [loss in 'critic features'] {
    set ylabel loss
    plot '$folder/curve1.csv' using 'step':loss with lines lw 7 lc rgb '#c6dbef' title '1', \
         '$folder/curve2.csv' using 'step':loss with lines lw 4 lc rgb '#6baed6' title '2', \
         '$folder/curve4.csv' using 'step':loss with lines lw 1 lc rgb '#08306b' title '4'
}
unset multiplot
PLOT
