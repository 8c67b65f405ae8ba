#!/usr/bin/env bash
# example_test.sh SOURCE BUILD FOLDER CMAKE COMPILER GEANT4_DIR: builds examples/geant4 against an installed LowCal
# and runs it. Hits of an event are the same on one thread and on two, made together and one by one; what
# the gate refuses is fully simulated; fast and full showers have about the same energy.
set -euo pipefail
source=$1 build=$2 folder=$3 cmake=$4 compiler=$5 geant4=$6
program="$folder/example/full_and_fast"

rm -rf "$folder/prefix"
"$cmake" --install "$build" --prefix "$folder/prefix" > "$folder/install.log"
"$cmake" -G Ninja -S "$source/examples/geant4" -B "$folder/example" -DCMAKE_PREFIX_PATH="$folder/prefix" \
    -DGeant4_DIR="$geant4" -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_BUILD_TYPE=Release > "$folder/example.log"
"$cmake" --build "$folder/example" >> "$folder/example.log"

fail() { echo "example_test: $1" >&2; exit 1; }
run() { # run NAME OPTION...: the macro on standard input; what it says goes to NAME.txt
    { echo "/run/initialize"; echo "/run/setCut 0.7 mm"; echo "/gun/particle e-"; cat; } > "$folder/$1.mac"
    "$program" "$folder/$1.mac" "${@:2}" > "$folder/$1.txt" || { cat "$folder/$1.txt"; fail "$1 fails"; }
}
hits() { grep '^event' "$folder/$1.txt"; }

together="/gun/energy 20 GeV
/gun/number 3
/run/beamOn 12"
run one --events --threads 1 <<< "$together"
run two --events --threads 2 <<< "$together"
run apart --events <<< "/lowcal/fast/buffered false
$together"
[ "$(hits one | wc -l)" = 12 ] || fail "12 events have $(hits one | wc -l) lines"
[ "$(hits one | sort -u -k 8 | wc -l)" = 12 ] || fail "events are the same as others"
[ "$(hits one)" = "$(hits two)" ] || fail "two threads make other hits than one"
[ "$(hits one)" = "$(hits apart)" ] || fail "showers made one by one make other hits than together"

run full_and_fast <<< "/gun/energy 10 GeV
/run/beamOn 60
/lowcal/fast/energies 20 40 GeV
/run/beamOn 60
/lowcal/fast/print"
grep -q ' 60 taken, [1-9]' "$folder/full_and_fast.txt" || fail "the gate has taken others: $(tail -1 "$folder/full_and_fast.txt")"
grep '^sampling fraction' "$folder/full_and_fast.txt" | awk '
    { mean[NR] = $3; error[NR] = $5 }
    END { difference = mean[1] - mean[2]; sigma = sqrt(error[1]^2 + error[2]^2)
          print "fast less full:", difference, "+-", sigma, "of", mean[2]
          exit NR != 2 || difference^2 > (4 * sigma)^2 + (0.03 * mean[2])^2 }' || fail "fast showers have another energy"
echo "example_test: fine"
