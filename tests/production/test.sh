#!/bin/sh
# What `make test-production` runs, in the environment of `make production-env`: the plan's tests, then
# a production over a Slurm that is started here. What cannot run says so.
set -eu
cd "$(dirname "$0")/../.."
python=.venv/production/bin/python
if [ ! -x "$python" ]; then
    echo "skipped: make test-production (make production-env could not make $python)"
    exit 0
fi
PYTHONPATH=tests/production:production "$python" -m unittest -v plan_test production_test
