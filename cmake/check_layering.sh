#!/bin/sh
# Checks that each folder of src/ includes only itself and folders above it in src/README.md's list,
# that the three workshops do not include each other, and that each outside library has one user.
set -eu
cd "$(dirname "$0")/../src"

failed=0
complain() { echo "layering: $1"; failed=1; }

order=$(sed -n 's/^    \([a-z0-9]*\)\/ .*/\1/p' README.md)
allowed=""
for folder in $order; do
    allowed="$allowed $folder"
    [ -d "$folder" ] || continue
    for included in $(grep -rhoE '^#include "[a-z0-9]+/' "$folder" | sed 's/.*"//;s/\///' | sort -u); do
        case " $allowed " in
            *" $included "*) ;;
            *) complain "$folder includes $included, which is not above it" ;;
        esac
        case "$folder:$included" in
            training:quantisation | training:runtime | quantisation:training | \
            quantisation:runtime | runtime:training | runtime:quantisation | \
            quantisation:data | quantisation:physics | quantisation:validation | \
            runtime:data | runtime:physics | runtime:validation)
                complain "$folder includes $included; they meet in graph" ;;
            geant4:data | geant4:physics | geant4:validation | geant4:workflows)
                complain "$folder includes $included; a simulation links the runtime alone" ;;
        esac
    done
done

only_in() {  # only_in PATTERN FOLDER...: the outside header is included in these folders alone
    pattern=$1; shift
    for user in $(grep -rlE "^#include <$pattern" . | cut -d/ -f2 | sort -u); do
        case " $* " in
            *" $user "*) ;;
            *) complain "$user includes <$pattern...>, which only $* may" ;;
        esac
    done
}
only_in 'hdf5|H5' data
only_in 'pugixml' core
only_in 'onnx/|google/protobuf' graph
only_in 'dnnl|oneapi' runtime
only_in xgboost validation
only_in 'torch|ATen|c10' training cli
only_in 'G4|Randomize' geant4
only_in 'nanobind' python
[ "$failed" = 0 ] && echo "layering: fine"
exit "$failed"
