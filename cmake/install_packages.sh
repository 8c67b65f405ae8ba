#!/bin/sh
# Installs the Debian packages that are missing, of Debian 12 and 13 alike: install_packages.sh
# {demo|peers|python|production|all|clang|checks|aarch64|roots}. Uses sudo where it must; says what it installs. Does nothing where
# all is there. aarch64: what the cross-build needs, beside the machine's own architecture.
set -eu

base="g++ cmake ninja-build pkg-config libdnnl-dev libhdf5-dev libonnx-dev libprotobuf-dev
protobuf-compiler librandom123-dev libssl-dev zlib1g-dev libcli11-dev libfmt-dev
nlohmann-json3-dev libpugixml-dev libxgboost-dev gnuplot-nox fonts-dejavu-core file dpkg-dev"
rest="libtorch-dev libgloo-dev libopenblas0-openmp libgtest-dev"
python="python3-venv python3-dev"
cross="crossbuild-essential-arm64 cmake ninja-build pkg-config protobuf-compiler qemu-user-static
librandom123-dev libcli11-dev nlohmann-json3-dev gnuplot-nox fonts-dejavu-core libdnnl-dev:arm64
libhdf5-dev:arm64 libonnx-dev:arm64 libprotobuf-dev:arm64 libssl-dev:arm64 zlib1g-dev:arm64
libfmt-dev:arm64 libpugixml-dev:arm64 libxgboost-dev:arm64
libgtest-dev:arm64"
checks="libgtest-dev clang clang-format clang-tidy libclang-rt-14-dev libomp-dev"

case "${1:-all}" in
demo) packages="$base" ;;
peers | python) packages="$base $python" ;;
production) packages="$base python3-venv slurm-wlm munge" ;;
aarch64) packages="$cross" ;;
roots) packages="debootstrap" ;;
clang) packages="$base $rest clang libomp-dev" ;;
checks) packages="$base $checks" ;;
*) packages="$base $rest" ;;
esac
missing=""
for package in $packages; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' ||
        missing="$missing $package"
done
mkdir -p build
[ -n "$missing" ] || exit 0

echo "Installing Debian packages:$missing"
as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo"
case " $missing" in *:arm64*) $as_root dpkg --add-architecture arm64 ;; esac
$as_root apt-get update -q
# shellcheck disable=SC2086 # a list of words
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
