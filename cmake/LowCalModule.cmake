# Shared by every folder under src/ and tests/: one library per module, one test binary per module.

add_library(lowcal_options INTERFACE)
target_compile_features(lowcal_options INTERFACE cxx_std_20)
# Contraction into fused multiply-adds would make results depend on the CPU (docs/file_formats.md).
target_compile_options(lowcal_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow
                                                -ffp-contract=off)
# GCC 12 warns wrongly of overlapping copies in std::string's operator+ (GCC bug 105651).
target_compile_options(lowcal_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
# GCC warns of classes with parts of an anonymous namespace where it takes them for a header's, as it does those
# of files that are compiled several at a time.
target_compile_options(lowcal_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
# GCC 12 warns of its own AVX-512 header (GCC bug 105593).
set(lowcal_intrinsics_options -Wno-psabi -Wno-uninitialized
                              $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
set(lowcal_library_options $<$<CXX_COMPILER_ID:GNU>:-fno-semantic-interposition>)
if(LOWCAL_WERROR)
    target_compile_options(lowcal_options INTERFACE -Werror)
endif()
if(LOWCAL_SANITIZE)
    # A build of its own for tests and fuzzing: the first finding ends the program.
    set(sanitizers ${LOWCAL_SANITIZE})
    target_compile_options(lowcal_options INTERFACE -fsanitize=${sanitizers}
                                                    -fno-sanitize-recover=all
                                                    -fno-omit-frame-pointer)
    target_link_options(lowcal_options INTERFACE -fsanitize=${sanitizers})
endif()
if(LOWCAL_FUZZ AND CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    # Counts which branches ran, in all our code; the fuzz targets alone link libFuzzer's main.
    target_compile_options(lowcal_options INTERFACE -fsanitize=fuzzer-no-link)
    target_link_options(lowcal_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# lowcal_module(NAME SOURCES a.cpp ... [COMPONENT runtime|workflows] [ONE_BY_ONE]
#               [PUBLIC lib ...] [PRIVATE lib ...])
#
# ONE_BY_ONE: sources are compiled each alone. For what a shower's time hangs on: how much a compiler inlines
# hangs on the size of what it compiles.
#
# With a component the library is installed as LowCal::NAME: static, or shared with
# -DBUILD_SHARED_LIBS=ON, and fit to be linked into other people's shared libraries.
function(lowcal_module name)
    cmake_parse_arguments(ARG "ONE_BY_ONE" "COMPONENT" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
    if(ARG_COMPONENT)
        add_library(lowcal_${name} ${ARG_SOURCES})
        lowcal_install_library(lowcal_${name} ${name} ${ARG_COMPONENT})
    else()
        add_library(lowcal_${name} STATIC ${ARG_SOURCES})
    endif()
    add_library(LowCal::${name} ALIAS lowcal_${name})
    if(NOT ARG_ONE_BY_ONE)
        lowcal_unity(lowcal_${name})
    endif()
    target_compile_features(lowcal_${name} PUBLIC cxx_std_20)
    target_include_directories(lowcal_${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src>)
    target_link_libraries(lowcal_${name} PUBLIC ${ARG_PUBLIC}
                                         PRIVATE $<BUILD_INTERFACE:lowcal_options> ${ARG_PRIVATE})
endfunction()

function(lowcal_install_library target name component)
    # -fno-semantic-interposition: nobody replaces our functions by others of their names, so that the
    # compiler may inline them as in a program.
    target_compile_options(${target} PRIVATE ${lowcal_library_options})
    set_target_properties(
        ${target}
        PROPERTIES POSITION_INDEPENDENT_CODE ON
                   EXPORT_NAME ${name}
                   DEFINE_SYMBOL ""  # every symbol is exported; static or shared, one compilation
                   VERSION ${PROJECT_VERSION}
                   SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
    target_include_directories(${target} INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
    install(TARGETS ${target} EXPORT LowCal_${component}
            ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development
            LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT programs
                    NAMELINK_COMPONENT development)
endfunction()

# lowcal_test(NAME SOURCES a.cpp ... LIBS lib ...): one GoogleTest binary, each test known to ctest.
function(lowcal_test name)
    cmake_parse_arguments(ARG "" "" "SOURCES;LIBS" ${ARGN})
    add_executable(${name} ${ARG_SOURCES})
    target_link_libraries(${name} PRIVATE lowcal_options ${ARG_LIBS} GTest::gtest GTest::gtest_main)
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
    target_compile_definitions(${name} PRIVATE LOWCAL_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                                               LOWCAL_BIN_DIR="${CMAKE_RUNTIME_OUTPUT_DIRECTORY}"
                                               LOWCAL_EMULATOR="${CMAKE_CROSSCOMPILING_EMULATOR}")
    gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 600 LABELS ${name})
endfunction()

# lowcal_unity(TARGET): compiles its sources several at a time, where each takes a compiler less than the
# headers that it includes.
function(lowcal_unity target)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ${LOWCAL_UNITY} UNITY_BUILD_BATCH_SIZE 8)
endfunction()

# lowcal_compiled_alone(a.cpp ...): sources that share names of their anonymous namespaces with others.
function(lowcal_compiled_alone)
    set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# lowcal_kernels(NAME SOURCES a.cpp ...): sources of the module NAME that are compiled once for each
# instruction set, in a namespace named after it (core/kernels/instruction_set.hpp).
function(lowcal_kernels name)
    cmake_parse_arguments(ARG "" "" "SOURCES" ${ARGN})
    set(sets baseline)
    if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
        list(APPEND sets avx2 avx512)
    endif()
    set(flags_baseline "")
    set(flags_avx2 -mavx2 -mfma)
    set(flags_avx512 -mavx512f -mavx512bw -mavx512dq -mavx512vl -mprefer-vector-width=512)
    foreach(set IN LISTS sets)
        set(objects lowcal_${name}_${set})
        add_library(${objects} OBJECT ${ARG_SOURCES})
        target_include_directories(${objects} PRIVATE ${PROJECT_SOURCE_DIR}/src)
        target_link_libraries(${objects} PRIVATE lowcal_options)
        target_compile_definitions(${objects} PRIVATE LOWCAL_INSTRUCTION_SET=${set})
        # Vectors never cross a file, so that how they are passed does not matter (-Wno-psabi).
        target_compile_options(${objects} PRIVATE ${flags_${set}} ${lowcal_intrinsics_options}
                                                  ${lowcal_library_options})
        set_target_properties(${objects} PROPERTIES POSITION_INDEPENDENT_CODE ON)
        target_sources(lowcal_${name} PRIVATE $<TARGET_OBJECTS:${objects}>)
    endforeach()
endfunction()
