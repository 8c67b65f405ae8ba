# oneDNN as the target OneDNN::OneDNN, by the places of its files: Debian's CMake package of it asks for
# OpenCL, which a CPU library has no use for.
find_path(OneDNN_INCLUDE_DIR dnnl.hpp)
find_library(OneDNN_LIBRARY dnnl)
mark_as_advanced(OneDNN_INCLUDE_DIR OneDNN_LIBRARY)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(OneDNN REQUIRED_VARS OneDNN_LIBRARY OneDNN_INCLUDE_DIR)
if(OneDNN_FOUND AND NOT TARGET OneDNN::OneDNN)
    add_library(OneDNN::OneDNN INTERFACE IMPORTED)
    target_include_directories(OneDNN::OneDNN INTERFACE ${OneDNN_INCLUDE_DIR})
    target_link_libraries(OneDNN::OneDNN INTERFACE ${OneDNN_LIBRARY})
endif()
