#!/bin/sh
# Runs clang-tidy with the list of .clang-tidy over src/ (the trainer's files, which a build without
# LibTorch does not compile, excepted): check_tidy.sh BUILD_FOLDER, a build with clang.
set -eu
cd "$(dirname "$0")/.."
build=$1
git ls-files 'src/*.cpp' | while read -r file; do
    grep -q "/$file\"" "$build/compile_commands.json" && echo "$file"
done | xargs -P "$(nproc)" -n 4 clang-tidy --quiet -p "$build" 2>/dev/null
echo "clang-tidy: fine"
