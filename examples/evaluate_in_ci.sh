#!/bin/sh
# Fails where a network's showers are surely different from the reference: a step of a CI that trains or
# quantises. evaluate_in_ci.sh NETWORK.onnx REFERENCE.h5 FOLDER; the folder gets report.html and
# results.json. Exit codes are lowcal's: 0 not different, 1 failed, 2 wrong usage, 3 different.
set -eu
[ $# = 3 ] || { echo "usage: evaluate_in_ci.sh NETWORK.onnx REFERENCE.h5 FOLDER" >&2; exit 2; }

status=0
lowcal evaluate --reference "$2" --candidate network="$1" --out "$3" --fail-on different \
    >"$3.log" || status=$?
case "$status" in
    0) echo "not different from $2; the report is $3/report.html" ;;
    3) echo "DIFFERENT from $2; the report is $3/report.html" ;;
esac
exit "$status"
