#!/bin/sh
# `make test-aarch64`: a cross-build for 64-bit ARM, without the trainer, in a Debian 12 of its own,
# its tests under qemu-user, then the same showers from there and from this machine (build/demo).
set -eu
cd "$(dirname "$0")/../.."
. tests/platforms/debian_root.sh
skip_without_roots test-aarch64

make_root aarch64 bookworm
in_root aarch64 "cmake/install_packages.sh aarch64
    cmake --preset aarch64 >build/aarch64.configure.log 2>&1 || { cat build/aarch64.configure.log; exit 1; }
    cmake --build --preset aarch64 --target all compare_showers"
