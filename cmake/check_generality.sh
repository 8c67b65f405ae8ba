#!/bin/sh
# Checks that no code knows the shipped detector (25 cells, 625 and 15625 of them, 500 GeV, electrons)
# but its description and the study's networks, which make these cells. Numbers that mean something
# else stand below, with what they mean; a name is better where there is one.
set -eu
cd "$(dirname "$0")/../src"

allowed='
core/detector/known_detectors.cpp        the shipped detector itself
training/architecture.cpp       the study: its tables
training/exporting/export.cpp             the study: its output
training/study/losses.cpp             the study: a mean cell of its images
training/lean/shower_geometry.cpp    the shipped detector: electrons
graph/model/half_float.cpp            bits of a number
validation/report/picture_observable.cpp  pixels
'

failed=0
# Comments and texts may name them as examples; 0.25 and 1.25 are other numbers.
for file in $(git ls-files '*.cpp' '*.hpp'); do
    case "$allowed" in *"
$file "*) continue ;; esac
    found=$(sed -e 's|//.*||' -e 's/"[^"]*"//g' "$file" |
            grep -nE "(^|[^0-9.'_a-zA-Z])(15625|625|25|500)(\.0)?F?([^0-9.'a-zA-Z]|$)|[Ee]lectron" || true)
    [ -z "$found" ] && continue
    echo "generality: src/$file knows a detector: $found"
    failed=1
done
[ "$failed" = 0 ] && echo "generality: fine"
exit "$failed"
