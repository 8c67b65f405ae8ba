#!/bin/sh
# compare.sh FIRST SECOND COMPARE_SHOWERS... [-- NETWORK...]: how far the showers in two folders of
# make_showers.sh are apart; fails where those of a NETWORK named differ in a bit.
set -eu
first="$1"
second="$2"
shift 2
program=""
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    program="$program $1"
    shift
done
[ $# -eq 0 ] || shift
echo "| network | showers that differ | cells that differ | largest difference, GeV | of the shower's hottest cell | of the shower's energy |"
echo "|---|---|---|---|---|---|"
failed=""
for file in "$first"/*.h5; do
    network="$(basename "$file" .h5)"
    status=0
    # shellcheck disable=SC2086 # a list of words
    $program "$network" "$file" "$second/$network.h5" || status=$?
    case "$status,$*" in
    0,*) ;;
    3,*"$network"*) failed="$failed $network" ;;
    3,*) ;;
    *) exit "$status" ;;
    esac
done
[ -z "$failed" ] || { echo "FAILED: these should have the same bytes:$failed"; exit 1; }
