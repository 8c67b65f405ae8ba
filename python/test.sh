#!/bin/sh
# `make test-python`: the package built into a virtual environment of pinned packages (build/venv), its tests
# and examples run there. Skipped, aloud, where Python's packages cannot be had.
set -eu
cd "$(dirname "$0")/.."
venv="$PWD/build/venv"

skip() {
    echo "SKIPPED test-python: $1"
    exit 0
}
python3 -c 'import sys, sysconfig; sys.exit(sys.version_info < (3, 9))' 2>/dev/null || skip "there is no Python 3.9 or later"
[ -x "$venv/bin/pip" ] || python3 -m venv "$venv" 2>/dev/null || skip "python3 -m venv fails (Debian's package python3-venv)"
"$venv/bin/pip" install -q -r python/requirements.txt 2>build/venv.log ||
    skip "PyPI cannot be reached, or lacks a package: $(tail -n 1 build/venv.log)"
CMAKE_ARGS="-DLOWCAL_WERROR=${WERROR:-OFF}" "$venv/bin/pip" install -q --no-build-isolation --no-deps --force-reinstall ./python
cd build # the package is the installed one, and no network lies here
LOWCAL_PROGRAM="$PWD/release/bin/lowcal" "$venv/bin/python" -m pytest -q -c ../python/pyproject.toml \
    --rootdir ../python -p no:cacheprovider ../python/tests
