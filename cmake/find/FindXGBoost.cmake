# XGBoost's C library as the target XGBoost::XGBoost, by the places of its files: Debian's CMake package of it
# asks for the program xgboost, too.
find_path(XGBoost_INCLUDE_DIR xgboost/c_api.h)
find_library(XGBoost_LIBRARY xgboost)
mark_as_advanced(XGBoost_INCLUDE_DIR XGBoost_LIBRARY)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(XGBoost REQUIRED_VARS XGBoost_LIBRARY XGBoost_INCLUDE_DIR)
if(XGBoost_FOUND AND NOT TARGET XGBoost::XGBoost)
    add_library(XGBoost::XGBoost INTERFACE IMPORTED)
    target_include_directories(XGBoost::XGBoost INTERFACE ${XGBoost_INCLUDE_DIR})
    target_link_libraries(XGBoost::XGBoost INTERFACE ${XGBoost_LIBRARY})
endif()
