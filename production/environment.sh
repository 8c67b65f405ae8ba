#!/bin/sh
# `make production-env`: a virtual environment of pinned packages, Snakemake and its executors, in
# .venv/production. Says so, and leaves none, where they cannot be had.
set -eu
cd "$(dirname "$0")/.."
venv="$PWD/.venv/production"

give_up() {
    echo "production-env: $1"
    rm -rf "$venv"
    exit "${REQUIRED:-1}"
}
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
    give_up "there is no Python 3.11 or later"
[ -x "$venv/bin/pip" ] || python3 -m venv "$venv" 2>/dev/null ||
    give_up "python3 -m venv fails (Debian's package python3-venv)"
"$venv/bin/pip" install -q -r production/requirements.txt 2>"$venv/pip.log" ||
    give_up "packages cannot be had: $(tail -n 1 "$venv/pip.log")"
echo "production-env: $venv/bin/snakemake"
