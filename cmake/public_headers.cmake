# Run by `cmake --install`: puts the public headers of all components into PREFIX/include/lowcal, and
# those that they include. In the source tree a header is "core/error.hpp"; a program that has such a
# file of its own must not get ours, nor we its, so that an installed one is <lowcal/core/error.hpp>, and
# says so of those that it includes. lowcal/runtime.hpp, lowcal/hits.hpp, lowcal/workflows.hpp and, where
# it is built, lowcal/geant4.hpp include all public ones.
#
# LOWCAL_SOURCE, LOWCAL_BINARY: the source folder src/, a folder to prepare the files in.
# LOWCAL_COMPONENTS: those that are built.

set(runtime
    core/error.hpp
    core/listener.hpp
    core/detector/conditions.hpp
    core/detector/detector.hpp
    core/detector/detector_file.hpp
    core/detector/detector_json.hpp
    core/detector/known_detectors.hpp
    core/files/network_file.hpp
    runtime/member_choice.hpp
    runtime/precision.hpp
    runtime/shower_ensemble.hpp
    runtime/shower_generator.hpp)
set(hits
    geant4/adapters/ddml_inference.hpp
    geant4/adapters/par04_inference.hpp
    geant4/hits/gate.hpp
    geant4/hits/particle.hpp
    geant4/hits/placement.hpp
    geant4/hits/shower_buffer.hpp
    geant4/hits/vector.hpp)
set(geant4 geant4/model/fast_simulation_model.hpp)
set(workflows
    data/layouts/layout.hpp
    data/reading/shower_reader.hpp
    data/showers.hpp
    data/writing/shower_writer.hpp
    workflows/bench/benchmark.hpp
    workflows/evaluate/evaluate.hpp
    workflows/generate/production.hpp
    workflows/generate/shower_inputs.hpp
    workflows/making/make.hpp
    workflows/precision/quantise.hpp
    workflows/precision/store_model.hpp)

file(REMOVE_RECURSE "${LOWCAL_BINARY}")
set(includes_of_hits "#include <lowcal/runtime.hpp>\n")
set(includes_of_workflows "#include <lowcal/runtime.hpp>\n")
set(includes_of_geant4 "#include <lowcal/hits.hpp>\n")
set(waiting "")
foreach(component IN LISTS LOWCAL_COMPONENTS ITEMS hits)
    foreach(header IN LISTS ${component})
        string(APPEND includes_of_${component} "#include <lowcal/${header}>\n")
    endforeach()
    file(WRITE "${LOWCAL_BINARY}/lowcal/${component}.hpp" "#pragma once\n\n${includes_of_${component}}")
    list(APPEND waiting ${${component}})
endforeach()

while(waiting)
    list(POP_FRONT waiting header)
    if(EXISTS "${LOWCAL_BINARY}/lowcal/${header}")
        continue()
    endif()
    file(STRINGS "${LOWCAL_SOURCE}/${header}" included REGEX "^#include \"")
    list(TRANSFORM included REPLACE "^#include \"([^\"]*)\".*" "\\1")
    list(APPEND waiting ${included})
    file(READ "${LOWCAL_SOURCE}/${header}" text)
    string(REGEX REPLACE "#include \"([^\"]*)\"" "#include <lowcal/\\1>" text "${text}")
    file(WRITE "${LOWCAL_BINARY}/lowcal/${header}" "${text}")
endwhile()
file(INSTALL "${LOWCAL_BINARY}/lowcal" DESTINATION "${CMAKE_INSTALL_PREFIX}/include" TYPE DIRECTORY)
