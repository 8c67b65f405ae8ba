#!/bin/sh
# Installs the Debian packages that are missing: install_packages.sh {demo|peers|all}. Uses sudo where it
# must; says what it installs. Does nothing where all is there.
set -eu

base="g++ cmake ninja-build pkg-config libdnnl-dev libhdf5-dev libonnx-dev libprotobuf-dev
protobuf-compiler librandom123-dev libssl-dev zlib1g-dev libcli11-dev libfmt-dev
nlohmann-json3-dev gnuplot-nox fonts-dejavu-core"
rest="libtorch-dev libopenblas0-openmp libgtest-dev"
python="python3-venv python3-dev"

case "${1:-all}" in
demo) packages="$base" ;;
peers) packages="$base $python" ;;
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
$as_root apt-get update -q
# shellcheck disable=SC2086 # a list of words
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
