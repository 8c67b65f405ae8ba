#!/bin/sh
# Makes one file of a production: run_job.sh FOLDER FIRST COUNT. One core; the exit code is lowcal's.
# A file that is there already is kept where it is this production's, and is an error otherwise; one
# that is not whole never has its name. Any number of jobs may make one file at a time.
set -eu
folder=$1 first=$2 count=$3
[ -r "$folder/command" ] || { echo "run_job: there is no $folder/command: plan.py writes it" >&2; exit 1; }
eval "set -- $(cat "$folder/command")"
echo "run_job: showers from $first on, $count of them, on $(uname -n)" >&2
exec "$@" --first "$first" --count "$count" --shard-showers "$count"
