#!/bin/sh
# compare.sh FIRST SECOND EQUAL PROGRAM...: how far the showers in two folders of make_showers.sh are
# apart; fails where those of a network in EQUAL (names in one word) differ in a bit. PROGRAM is
# compare_showers, behind an emulator where it takes one.
set -eu
first="$1"
second="$2"
equal="$3"
shift 3
echo "| network | showers that differ | cells that differ | largest difference, GeV | of the shower's hottest cell | of the shower's energy |"
echo "|---|---|---|---|---|---|"
failed=""
for file in "$second"/*.h5; do
    network="$(basename "$file" .h5)"
    status=0
    "$@" "$network" "$first/$network.h5" "$file" || status=$?
    case "$status, $equal " in
    0,*) ;;
    3,*" $network "*) failed="$failed $network" ;;
    3,*) ;;
    *) exit "$status" ;;
    esac
done
[ -z "$failed" ] || { echo "FAILED: these should have the same bytes:$failed"; exit 1; }
