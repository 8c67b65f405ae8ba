#!/bin/sh
# Fuzzes every target: run.sh SECONDS_EACH [BUILD_FOLDER]. With clang's build (preset asan) by
# libFuzzer under the sanitizers, with another by the plain mutator. Finds go to out/fuzz.
set -eu
cd "$(dirname "$0")/../.."
seconds=$1
build=${2:-build/asan}
corpus=tests/fuzz/corpus
hostile=tests/hostile
finds=out/fuzz
mkdir -p "$finds"

fuzz() {  # fuzz TARGET FOLDER...: new inputs go to a copy of the first folder
    target=$1; shift
    [ -x "$build/bin/$target" ] || { echo "$target: not built in $build"; return 0; }
    work="$finds/$target"
    mkdir -p "$work"
    "$build/bin/$target" -max_total_time="$seconds" -rss_limit_mb=4096 -malloc_limit_mb=2048 \
        -timeout=20 -print_final_stats=1 -verbosity=0 -artifact_prefix="$finds/$target-" \
        "$work" "$@" > "$finds/$target.log" 2>&1 ||
        { tail -n 60 "$finds/$target.log"; echo "$target: FAILED, see $finds"; return 1; }
    echo "$target: $(grep -E 'number_of_executed_units|^Done' "$finds/$target.log" | tail -n 1)"
}

failed=0
fuzz fuzz_onnx $corpus/onnx $hostile/networks || failed=1
fuzz fuzz_showers $corpus/showers $hostile/showers || failed=1
fuzz fuzz_merge $corpus/merge $hostile/showers || failed=1
if [ -x "$build/bin/make_checkpoint" ]; then
    mkdir -p "$finds/seeds"
    "$build/bin/make_checkpoint" "$finds/seeds"
    fuzz fuzz_checkpoint "$finds/seeds" || failed=1
fi
exit "$failed"
