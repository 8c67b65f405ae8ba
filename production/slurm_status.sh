#!/bin/sh
# Says of a Slurm job what Snakemake asks: running, success or failed. Needs no accounting. A job that
# the scheduler does not know (any more) was lost: it counts as failed, and is run again.
job=${1%%;*}
known=$(squeue --noheader --states=all --jobs="$job" --format=%T 2>&1)
case "$known" in
    COMPLETED) echo success ;;
    BOOT_FAIL | CANCELLED | DEADLINE | FAILED | NODE_FAIL | OUT_OF_MEMORY | TIMEOUT) echo failed ;;
    "" | *"Invalid job id"*) echo failed ;;
    *) echo running ;;  # also where the scheduler does not answer
esac
