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

# HDF5 leaks of what it refuses, and asks for any amount of memory that a file names.
export LSAN_OPTIONS="suppressions=$PWD/tests/fuzz/leaks.txt:print_suppressions=0"
export ASAN_OPTIONS=allocator_may_return_null=1
limits="-rss_limit_mb=4096 -malloc_limit_mb=2048 -timeout=20"

fuzz() {  # fuzz TARGET FOLDER...: new inputs go to a folder of finds
    target=$1; shift
    [ -x "$build/bin/$target" ] || { echo "$target: not built in $build"; return 0; }
    mkdir -p "$finds/$target"
    # shellcheck disable=SC2086 # a list of options
    "$build/bin/$target" -max_total_time="$seconds" $limits $more -print_final_stats=1 \
        -verbosity=0 -artifact_prefix="$finds/$target-" \
        "$finds/$target" "$@" > "$finds/$target.log" 2>&1 ||
        { tail -n 60 "$finds/$target.log"; echo "$target: FAILED, see $finds"; return 1; }
    echo "$target: $(grep -oE 'number_of_executed_units.*|^Done.*|^#[0-9]+: ' "$finds/$target.log" |
        tail -n 1) runs$(grep -h '^The reading process' "$finds/$target.log" | sed 's/^/; /')"
}

# In this process HDF5's own crashes end the target, which libFuzzer then starts again. Those alone
# are counted apart: the topmost function is HDF5's, and the reading process makes an error of it.
fuzz_in_process() {
    "$build/bin/fuzz_shower_file" -help=1 2>&1 | grep -q libFuzzer ||
        { echo "fuzz_shower_file: only with libFuzzer, which starts it again"; return 0; }
    more="-fork=1 -ignore_crashes=1 -ignore_ooms=1 -ignore_timeouts=1"
    fuzz fuzz_shower_file "$@" > /dev/null || true  # its exit code is the last crash's
    more=""
    grep -q 'exiting:' "$finds/fuzz_shower_file.log" ||
        { tail -n 20 "$finds/fuzz_shower_file.log"; echo "fuzz_shower_file: FAILED"; return 1; }
    theirs=0
    for find in "$finds"/fuzz_shower_file-*; do
        [ -f "$find" ] || continue
        # shellcheck disable=SC2086 # a list of options
        where=$("$build/bin/fuzz_shower_file" $limits "$find" 2>&1 |
            grep -oE 'lowcal::|libhdf5|libsz|libaec' | head -n 1)
        if [ "$where" = "lowcal::" ] || ! "$build/bin/fuzz_showers" "$find" > /dev/null 2>&1; then
            echo "fuzz_shower_file: FAILED, see $find"
            return 1
        fi
        theirs=$((theirs + 1))
        rm "$find"
    done
    echo "fuzz_shower_file: $(grep -oE '^#[0-9]+: ' "$finds/fuzz_shower_file.log" | tail -n 1)runs;" \
        "$theirs crashes and endless loops inside HDF5, all errors of the reading process"
}

more=""
failed=0
fuzz fuzz_onnx $corpus/onnx $hostile/networks || failed=1
fuzz fuzz_showers $corpus/showers $hostile/showers || failed=1
fuzz_in_process $corpus/showers || failed=1
fuzz fuzz_merge $corpus/merge $hostile/showers || failed=1
if [ -x "$build/bin/make_checkpoint" ]; then
    mkdir -p "$finds/seeds"
    "$build/bin/make_checkpoint" "$finds/seeds"
    fuzz fuzz_checkpoint "$finds/seeds" || failed=1
fi
exit "$failed"
