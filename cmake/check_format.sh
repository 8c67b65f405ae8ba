#!/bin/sh
# Checks that every source of ours is formatted as .clang-format says (clang-format 14, Debian 12's).
set -eu
cd "$(dirname "$0")/.."
git ls-files '*.cpp' '*.hpp' | xargs clang-format --dry-run --Werror
echo "format: fine"
