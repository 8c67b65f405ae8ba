#!/bin/sh
# `make test-trixie`: `make test` and `make demo` in a Debian 13, then the same showers of every
# shipped network from there and from this machine (build/release), compared. Those of networks without
# a float32 convolution have the same bytes.
set -eu
cd "$(dirname "$0")/../.."
. tests/platforms/debian_root.sh
skip_without_roots test-trixie

networks="conv2d conv2d.int8 conv3d conv3d.int8 lean lean.int8"
make_root trixie trixie
in_root trixie "make test; make demo
    tests/platforms/make_showers.sh build/showers 200 '$networks' build/release/bin/lowcal
    cmake --build build/release --target compare_showers"
tests/platforms/make_showers.sh "$roots/trixie-build/showers-here" 200 "$networks" build/release/bin/lowcal
echo "This machine's showers and Debian 13's, 200 of each network:"
in_root trixie "tests/platforms/compare.sh build/showers-here build/showers 'conv3d.int8 lean.int8' \
    build/release/bin/compare_showers"
