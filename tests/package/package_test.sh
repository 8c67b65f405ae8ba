#!/usr/bin/env bash
# package_test.sh SOURCE BUILD FOLDER CMAKE COMPILER: installs, moves the tree elsewhere, and builds and runs
# examples/ and each public header alone against it. The first thing that is wrong fails.
set -euo pipefail
source=$1 build=$2 folder=$3 cmake=$4 compiler=$5
here=$(cd "$(dirname "$0")" && pwd)
tree="$folder/moved elsewhere"
unset LOWCAL_MODELS

rm -rf "$folder/prefix" "$tree" "$folder/empty"
mkdir -p "$folder/empty"
"$cmake" --install "$build" --prefix "$folder/prefix" > "$folder/install.log"
mv "$folder/prefix" "$tree"
cd "$folder/empty" # nothing may be found by the working directory

fail() { echo "package_test: $1" >&2; exit 1; }
expect() { # expect WORDS COMMAND...: it succeeds and says them
    local words=$1 said
    shift
    said=$("$@" 2>&1) || fail "$* failed: $said"
    [[ $said == *"$words"* ]] || fail "$* says '$said', not '$words'"
}

echo "public headers"
if find "$tree/include/lowcal" -name '*.hpp' -not -path '*/geant4/model/*' -print0 |
    xargs -0 grep -hoE '#include [<"][^>"]+' | grep -vE '<(lowcal/[a-z0-9_/]+\.hpp|[a-z_]+)$'; then
    fail "headers include something else than the standard library and themselves"
fi

configure() { # configure NAME SOURCE: a project that finds LowCal
    "$cmake" -G Ninja -S "$2" -B "$folder/$1" -DCMAKE_PREFIX_PATH="$tree" -DCMAKE_CXX_COMPILER="$compiler" \
        -DCMAKE_BUILD_TYPE=Debug > "$folder/$1.log" 2>&1 || { cat "$folder/$1.log"; fail "cannot configure $1"; }
    grep -qF "LowCal_DIR:PATH=$tree/" "$folder/$1/CMakeCache.txt" || fail "$1 has found another LowCal"
    "$cmake" --build "$folder/$1" > "$folder/$1.log" 2>&1 || { cat "$folder/$1.log"; fail "cannot build $1"; }
}
configure headers "$here/headers"
configure examples "$source/examples"

echo "programs"
expect "lowcal 0." "$tree/bin/lowcal" --version
expect "generate 10/10" "$tree/bin/lowcal" generate --energy 50 --count 10 --out "$folder/ten.h5"
mv "$tree/share/lowcal/models" "$tree/models.gone"
if said=$("$tree/bin/lowcal" generate --energy 50 --count 10 --out "$folder/none.h5" 2>&1); then
    fail "lowcal generate has found a network where there is none"
fi
[[ $said == *"no network lean.int8 (there is no share/lowcal/models"* ]] || fail "lowcal generate says '$said'"
LOWCAL_MODELS="$tree/models.gone" \
    expect "generate 10/10" "$tree/bin/lowcal" generate --energy 50 --count 10 --out "$folder/ten.h5"
mv "$tree/models.gone" "$tree/share/lowcal/models"

echo "man pages and completion"
[ -s "$tree/share/man/man1/lowcal-generate.1" ] || fail "there is no man page of lowcal generate"
[ -s "$tree/share/bash-completion/completions/lowcal" ] || fail "there is no completion for bash"

echo "examples"
expect "sampling fraction 2." "$folder/examples/generate"
expect "sampling fraction 2." "$folder/examples/generate" "$tree/share/lowcal/models/conv3d.int8.onnx"
[[ $(ldd "$folder/examples/generate") != *libhdf5* ]] || fail "examples/generate links HDF5"
[[ $(ldd "$folder/examples/generate") != *libtorch* ]] || fail "examples/generate links LibTorch"
expect "int8" "$folder/examples/quantise_your_own" lean "$source/data/validation.h5" "$folder/mine.onnx"
status=0
PATH="$tree/bin:$PATH" "$source/examples/evaluate_in_ci.sh" "$folder/mine.onnx" "$folder/ten.h5" \
    "$folder/report" > "$folder/ci.log" 2>&1 || status=$?
[[ $status == 0 || $status == 3 ]] || { cat "$folder/ci.log"; fail "evaluate_in_ci.sh ends with $status"; }
[[ -s $folder/report/report.html ]] || fail "evaluate_in_ci.sh wrote no report"
echo "package_test: fine"
