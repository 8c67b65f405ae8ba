# What `cmake --install BUILD --prefix PREFIX` and CPack install besides the libraries (LowCalModule.cmake).
# CMake's install components: `programs` (lowcal, its networks, shared libraries), `trainer`
# (lowcal-train, which needs LibTorch), `development` (headers, static libraries, LowCalConfig.cmake).

include(CMakePackageConfigHelpers)

# The build folder has the layout of an installed tree, so that networks are found by the same rule.
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/${LOWCAL_INSTALL_SHARE})
file(CREATE_LINK ${PROJECT_SOURCE_DIR}/models ${PROJECT_BINARY_DIR}/${LOWCAL_INSTALL_MODELS} SYMBOLIC)
install(DIRECTORY models/ DESTINATION ${LOWCAL_INSTALL_MODELS} COMPONENT programs
        FILES_MATCHING PATTERN "*.onnx" PATTERN training EXCLUDE)

install(TARGETS lowcal RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT programs)
if(TARGET lowcal-train)
    install(TARGETS lowcal-train RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT trainer)
endif()

set(components runtime workflows)
if(TARGET lowcal_geant4)
    list(APPEND components geant4)
endif()
install(CODE "set(LOWCAL_COMPONENTS \"${components}\")
              set(LOWCAL_SOURCE \"${PROJECT_SOURCE_DIR}/src\")
              set(LOWCAL_BINARY \"${PROJECT_BINARY_DIR}/public_headers\")"
        COMPONENT development)
install(SCRIPT cmake/public_headers.cmake COMPONENT development)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/LowCal)
foreach(component IN LISTS components)
    install(EXPORT LowCal_${component} NAMESPACE LowCal:: FILE LowCalTargets_${component}.cmake
            DESTINATION ${package_folder} COMPONENT development)
endforeach()
if(NOT DEFINED BUILD_SHARED_LIBS)
    set(BUILD_SHARED_LIBS OFF)
endif()
configure_package_config_file(
    cmake/LowCalConfig.cmake.in ${PROJECT_BINARY_DIR}/LowCalConfig.cmake
    INSTALL_DESTINATION ${package_folder} PATH_VARS LOWCAL_INSTALL_MODELS)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/LowCalConfigVersion.cmake
                                 COMPATIBILITY SameMajorVersion)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/lowcal
        RENAME copyright COMPONENT programs)
install(FILES ${PROJECT_BINARY_DIR}/LowCalConfig.cmake
              ${PROJECT_BINARY_DIR}/LowCalConfigVersion.cmake cmake/LowCalLibraries.cmake
        DESTINATION ${package_folder} COMPONENT development)
install(DIRECTORY cmake/find DESTINATION ${package_folder} COMPONENT development)
