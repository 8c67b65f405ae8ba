# HDF5's C library as the target HDF5C::HDF5C. CMake's own FindHDF5 runs HDF5's compiler wrapper, for
# which a project must use the language C, and links what the library itself has linked already.
find_path(HDF5C_INCLUDE_DIR hdf5.h PATH_SUFFIXES hdf5/serial)
find_library(HDF5C_LIBRARY NAMES hdf5_serial hdf5 PATH_SUFFIXES hdf5/serial)
mark_as_advanced(HDF5C_INCLUDE_DIR HDF5C_LIBRARY)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(HDF5C REQUIRED_VARS HDF5C_LIBRARY HDF5C_INCLUDE_DIR)
if(HDF5C_FOUND AND NOT TARGET HDF5C::HDF5C)
    add_library(HDF5C::HDF5C INTERFACE IMPORTED)
    target_include_directories(HDF5C::HDF5C INTERFACE ${HDF5C_INCLUDE_DIR})
    target_link_libraries(HDF5C::HDF5C INTERFACE ${HDF5C_LIBRARY})
endif()
