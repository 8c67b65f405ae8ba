#!/bin/sh
# Runs clang-tidy with the list of .clang-tidy over src/ (the trainer's files, which a build without
# LibTorch does not compile, excepted): check_tidy.sh BUILD_FOLDER, a build with clang. Files that it
# compiles together are read together, which is faster. Any finding, and any file that cannot be
# read, fails.
set -eu
cd "$(dirname "$0")/.."
build=$1
files=$(sed -n 's/^ *"file": "\(.*\)",*$/\1/p' "$build/compile_commands.json" |
    grep -E "^$PWD/(src|$build/src)/.*\.(cpp|cxx)$" | sort -u)
[ -n "$files" ] || { echo "clang-tidy: $build builds no file of src/"; exit 1; }
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! echo "$files" | xargs -P "$(nproc)" -n 1 clang-tidy --quiet -p "$build" > "$log" 2>&1; then
    grep -vE '^[0-9]+ warnings? (and [0-9]+ errors? )?generated\.$' "$log"
    echo "clang-tidy: FAILED"
    exit 1
fi
echo "clang-tidy: fine, $(echo "$files" | wc -l) files, those that are compiled together counted once"
