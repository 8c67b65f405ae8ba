#!/bin/sh
# The plan's jobs as a plain Slurm array, for sites without Snakemake. From the repository's root:
#
#   python3 production/plan.py mine.yaml
#   sbatch --array=1-1000%200 production/slurm_array.sh FOLDER [OFFSET]
#
# Task i makes line OFFSET + i of FOLDER/jobs (arrays have an upper end, often 1000: OFFSET 1000
# goes on behind it). Run it again for what failed: rows whose file is there take a second.
#SBATCH --job-name=lowcal
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --mem=400M
#SBATCH --time=60
#SBATCH --requeue
#SBATCH --open-mode=append
set -eu
folder=$1 row=$((SLURM_ARRAY_TASK_ID + ${2:-0}))
# Slurm runs a copy of this file from a folder of its own.
here=${LOWCAL_PRODUCTION:-$SLURM_SUBMIT_DIR/production}
line=$(sed -n "${row}p" "$folder/jobs")
[ -n "$line" ] || { echo "slurm_array: $folder/jobs has no line $row" >&2; exit 1; }
exec sh "$here/run_job.sh" "$folder" "${line% *}" "${line#* }"
