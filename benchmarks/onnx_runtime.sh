#!/bin/sh
# LowCal against ONNX Runtime, one core, one run: onnx_runtime.sh [MODEL.onnx [options]]. Needs
# python3 with venv; installs pinned packages into .venv/benchmarks.
set -eu
cd "$(dirname "$0")/.."
venv=.venv/benchmarks
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install -q --disable-pip-version-check -r benchmarks/requirements.txt
[ $# -gt 0 ] || set -- models/conv2d.onnx
export OMP_NUM_THREADS=1
exec "$venv/bin/python" benchmarks/onnx_runtime.py "$@"
