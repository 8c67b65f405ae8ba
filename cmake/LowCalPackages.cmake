# `cpack` in the build folder: lowcal, lowcal-train and liblowcal-dev. What programs and shared
# libraries depend on is read from them (dpkg-shlibdeps); what static ones link, the last one asks for.

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME lowcal)
set(LOWCAL_MAINTAINER "LowCal's developers <lowcal@localhost>" CACHE STRING
    "Name and address in the .deb files, of whoever makes them")
set(CPACK_PACKAGE_CONTACT "${LOWCAL_MAINTAINER}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "fast calorimeter showers from int8 networks")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL programs development)
if(LOWCAL_TRAINING)
    list(APPEND CPACK_COMPONENTS_ALL trainer)
endif()
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)

set(CPACK_DEBIAN_PROGRAMS_PACKAGE_NAME lowcal)
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_RECOMMENDS gnuplot-nox)
set(CPACK_COMPONENT_PROGRAMS_DESCRIPTION
    "The program lowcal and the networks that come with it: makes, evaluates and\nquantises.")
set(CPACK_DEBIAN_TRAINER_PACKAGE_NAME lowcal-train)
set(CPACK_DEBIAN_TRAINER_PACKAGE_DEPENDS "lowcal (= ${PROJECT_VERSION})")
set(CPACK_COMPONENT_TRAINER_DESCRIPTION "The trainer, which lowcal train and lowcal make start.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME liblowcal-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "Headers, libraries and the CMake package LowCal.")
set(needed "lowcal (= ${PROJECT_VERSION})")
if(NOT BUILD_SHARED_LIBS)
    string(APPEND needed ", libdnnl-dev, libfmt-dev, libhdf5-dev, libonnx-dev, libprotobuf-dev, "
                         "libpugixml-dev, libssl-dev, libxgboost-dev, zlib1g-dev")
endif()
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "${needed}")
include(CPack)
