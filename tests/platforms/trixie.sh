#!/bin/sh
# `make test-trixie`: `make test` and `make demo` in a Debian 13, then the same showers of every
# shipped network from there and from this machine (build/demo), compared.
set -eu
cd "$(dirname "$0")/../.."
. tests/platforms/debian_root.sh
skip_without_roots test-trixie

make_root trixie trixie
in_root trixie "make test; make demo"
in_root trixie "tests/platforms/make_showers.sh build/showers 200 build/demo/bin/lowcal
    cmake --build build/release --target compare_showers"
tests/platforms/make_showers.sh "$roots/trixie-build/showers-here" 200 build/demo/bin/lowcal
echo "This machine's showers and Debian 13's, 200 of each network:"
in_root trixie "tests/platforms/compare.sh build/showers-here build/showers \
    build/release/bin/compare_showers -- INT8"
