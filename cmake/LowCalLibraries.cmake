# The outside libraries of LowCal's components, as targets. The build includes this file, and installed
# beside LowCalConfig.cmake it finds the same libraries for programs that link LowCal's static ones.

list(APPEND CMAKE_MODULE_PATH ${CMAKE_CURRENT_LIST_DIR}/find)

# As find_package(... REQUIRED) in the build; as find_dependency where LowCal itself is looked for.
macro(lowcal_find_package)
    if(CMAKE_FIND_PACKAGE_NAME STREQUAL "LowCal")
        find_dependency(${ARGN})
    else()
        find_package(${ARGN} REQUIRED)
    endif()
endmacro()

macro(lowcal_libraries_of_runtime)
    lowcal_find_package(fmt)
    lowcal_find_package(OneDNN)
    lowcal_find_package(ONNX)
    lowcal_find_package(OpenSSL COMPONENTS Crypto)
    lowcal_find_package(Protobuf)
    lowcal_find_package(pugixml)
    # oneDNN's own OpenMP, GCC's, whose number of threads runtime/onednn/one_thread.cpp sets; clang would
    # take another.
    if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND NOT DEFINED OpenMP_CXX_FLAGS)
        set(OpenMP_CXX_FLAGS "-fopenmp=libgomp" CACHE STRING "C++ compiler flags for OpenMP")
    endif()
    lowcal_find_package(OpenMP COMPONENTS CXX)
    # ONNX's classes and protobuf. Debian 13's target stands in a namespace, Debian 12's does not.
    if(NOT TARGET LowCal::onnx)
        add_library(LowCal::onnx INTERFACE IMPORTED)
        if(TARGET ONNX::onnx_proto)
            target_link_libraries(LowCal::onnx INTERFACE ONNX::onnx_proto protobuf::libprotobuf)
        else()
            target_link_libraries(LowCal::onnx INTERFACE onnx_proto protobuf::libprotobuf)
        endif()
    endif()
endmacro()

macro(lowcal_libraries_of_workflows)
    lowcal_find_package(HDF5C)
    lowcal_find_package(XGBoost)
    lowcal_find_package(ZLIB)
endmacro()
