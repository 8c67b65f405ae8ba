#!/bin/sh
# Runs clang-tidy with the list of .clang-tidy over src/ (the trainer's files, which a build without
# LibTorch does not compile, excepted): check_tidy.sh BUILD_FOLDER, a build with clang. Any finding,
# and any file that cannot be read, fails.
set -eu
cd "$(dirname "$0")/.."
build=$1
files=$(git ls-files 'src/*.cpp' | while read -r file; do
    if grep -q "/$file\"" "$build/compile_commands.json"; then echo "$file"; fi
done)
[ -n "$files" ] || { echo "clang-tidy: $build builds no file of src/"; exit 1; }
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! echo "$files" | xargs -P "$(nproc)" -n 4 clang-tidy --quiet -p "$build" > "$log" 2>&1; then
    grep -vE '^[0-9]+ warnings? (and [0-9]+ errors? )?generated\.$' "$log"
    echo "clang-tidy: FAILED"
    exit 1
fi
echo "clang-tidy: fine, $(echo "$files" | wc -l) files"
