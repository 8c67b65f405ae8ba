# The two commands of a newcomer: `make demo` and `make test`. Each installs what is missing (Debian
# packages), builds and runs; a second call does no work twice.

.PHONY: demo test build peers clean

demo:
	@cmake/install_packages.sh demo
	@cmake --preset demo > build/demo.configure.log 2>&1 || { cat build/demo.configure.log; exit 1; }
	@cmake --build --preset demo
	build/demo/bin/lowcal demo

build:
	@cmake/install_packages.sh all
	@cmake --preset release > build/release.configure.log 2>&1 || { cat build/release.configure.log; exit 1; }
	@cmake --build --preset release

test: build
	@cmake/check_layering.sh
	ctest --preset release

# Speed, memory and physics beside other inference engines: docs/peers.md, docs/peers.json and the
# README's table. Installs the engines (some GB) into .venv/peers-*; takes about 40 minutes.
peers:
	@cmake/install_packages.sh peers
	@cmake --preset demo > build/demo.configure.log 2>&1 || { cat build/demo.configure.log; exit 1; }
	@cmake --build --preset demo
	python3 peers/run.py --json docs/peers.json
	python3 peers/render.py

clean:
	rm -rf build out
