# The two commands of a newcomer: `make demo` and `make test`. Each installs what is missing (Debian
# packages), builds and runs; a second call does no work twice, nor does one what the other did.

WERROR ?= OFF  # warnings are errors: for developers and CI
configure = cmake --preset release -DLOWCAL_WERROR=$(WERROR) -DLOWCAL_TRAINING=$(1) -DLOWCAL_TESTS=$(1) \
    > build/release.configure.log 2>&1 || { cat build/release.configure.log; exit 1; }

.PHONY: demo test build build-demo check test-sanitized test-threads fuzz peers test-trixie test-aarch64
.PHONY: test-clang test-python production-env test-production clean

demo: build-demo
	build/release/bin/lowcal demo

# Without trainer and tests, if they are not there already.
build-demo:
	@cmake/install_packages.sh demo
	@[ -e build/release/build.ninja ] || $(call configure,OFF)
	@cmake --build --preset release

build:
	@cmake/install_packages.sh all
	@$(call configure,ON)
	@cmake --build --preset release

test: build
	@cmake/check_layering.sh
	@cmake/check_snippets.sh
	@cmake/check_generality.sh
	ctest --preset release

# What finds faults that tests do not; these need clang (Debian packages, installed where missing).
build/asan/build.ninja build/tsan/build.ninja: build/%/build.ninja:
	@cmake/install_packages.sh checks
	@cmake --preset $* > build/$*.configure.log 2>&1 || { cat build/$*.configure.log; exit 1; }

# Formatting, the code of pages, layering, clang-tidy.
check: build/tsan/build.ninja
	@cmake/check_format.sh
	@cmake/check_snippets.sh
	@cmake/check_layering.sh
	@cmake/check_generality.sh
	@cmake/check_tidy.sh build/tsan

# Every test that needs no trainer under the address and undefined-behaviour sanitizers. It is also
# the build with clang, and the one without LibTorch.
test-sanitized: build/asan/build.ninja
	@cmake --build --preset asan
	ctest --preset asan

# Where threads meet, under the thread sanitizer.
test-threads: build/tsan/build.ninja
	@cmake --build --preset tsan --target core_test data_tests runtime_test hits_test
	ctest --preset tsan --exclude-regex NOT_BUILT

# Damaged files by the million: `make fuzz SECONDS=3600` for an hour each.
SECONDS ?= 60
fuzz: build/asan/build.ninja
	@cmake --build --preset asan --target fuzz_onnx fuzz_showers fuzz_shower_file fuzz_merge
	@tests/fuzz/run.sh $(SECONDS)

# Speed, memory and physics beside other inference engines: docs/peers.md, docs/peers.json.
# Installs the engines (some GB) into .venv/peers-*; takes about 40 minutes.
peers: build-demo
	@cmake/install_packages.sh peers
	python3 peers/run.py --json docs/peers.json
	python3 peers/render.py

# The Python package, built and tested in build/venv; where PyPI or Python's headers are not to be had it
# says that it was skipped.
test-python: build-demo
	@cmake/install_packages.sh python
	@python/test.sh

# Snakemake and its executors, pinned, for productions over many machines (docs/production.md).
production-env:
	@production/environment.sh

# A production over a real Slurm that is started here, with kills in its midst; skipped aloud where Slurm,
# Snakemake or root are not to be had. Minutes.
test-production: build-demo
	@cmake/install_packages.sh production || true
	@REQUIRED=0 production/environment.sh
	@LOWCAL=build/release/bin/lowcal tests/production/test.sh

# Other platforms (docs/platforms.md). Those of another Debian take root and debootstrap, which makes a root
# folder in build/roots; where there is none they say that they were skipped.
test-trixie: build-demo
	@cmake/install_packages.sh roots || true
	@tests/platforms/trixie.sh

test-aarch64: build-demo
	@cmake/install_packages.sh roots || true
	@tests/platforms/aarch64.sh

test-clang:
	@cmake/install_packages.sh clang
	@cmake --preset clang > build/clang.configure.log 2>&1 || { cat build/clang.configure.log; exit 1; }
	@cmake --build --preset clang
	ctest --preset clang

clean:
	rm -rf build out
