#!/bin/sh
# `make test-aarch64`: a cross-build for 64-bit ARM, without the trainer, in a Debian 12 of its own,
# its tests under qemu-user, then the same showers of lean from there and from this machine
# (build/release), compared. Emulated, oneDNN's convolutions take minutes a shower: what needs many of
# them is left out, and named.
set -eu
cd "$(dirname "$0")/../.."
. tests/platforms/debian_root.sh
skip_without_roots test-aarch64

left_out='help_pages|Tuner|Int8Network|RealShowers|PowerOf|QuantiserTest|Quantize|Bench|Evaluate|Shift|Demo|(Drift|Bytes).*conv[23]d|ShippedNetworks|Killed.(tuning|production)|Halves|full_device'
unlimited='threads_that_the_system_does_not_start|memory_beyond_its_limit|needs_no_more_memory'
networks="lean lean.int8"
make_root aarch64 bookworm
in_root aarch64 "cmake/install_packages.sh aarch64
    cmake --preset aarch64 >build/aarch64.configure.log 2>&1 || { cat build/aarch64.configure.log; exit 1; }
    cmake --build --preset aarch64 --target all compare_showers"
echo "Left out, too slow under emulation: tests whose names match $left_out;"
echo "since the emulator needs more than their limits of the system, or keeps none: $unlimited"
in_root aarch64 "ctest --preset aarch64 -E '$left_out|$unlimited'
    tests/platforms/make_showers.sh build/showers 8 '$networks' qemu-aarch64-static build/aarch64/bin/lowcal"
tests/platforms/make_showers.sh "$roots/aarch64-build/showers-here" 8 "$networks" build/release/bin/lowcal
echo "This machine's showers and 64-bit ARM's, 8 of each network:"
in_root aarch64 "tests/platforms/compare.sh build/showers-here build/showers '' \
    qemu-aarch64-static build/aarch64/bin/compare_showers"
