# Man pages and completion for bash of what lowcal's --help says, made when it is built. Nothing but sh and
# awk is needed; where the program cannot be run (of another machine, without emulator) there are none.

if(CMAKE_CROSSCOMPILING AND NOT CMAKE_CROSSCOMPILING_EMULATOR)
    return()
endif()
set(help_folder ${PROJECT_BINARY_DIR}/share)
set(help_programs lowcal)
if(TARGET lowcal-train)
    list(APPEND help_programs lowcal-train)
endif()
add_custom_command(
    OUTPUT ${help_folder}/man/man1/lowcal.1
    COMMAND ${PROJECT_SOURCE_DIR}/cmake/help_pages.sh ${help_folder} ${PROJECT_VERSION}
            ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:lowcal>
    DEPENDS ${help_programs} ${PROJECT_SOURCE_DIR}/cmake/help_pages.sh
    COMMENT "Man pages and completion of lowcal" VERBATIM)
add_custom_target(help_pages ALL DEPENDS ${help_folder}/man/man1/lowcal.1)

install(DIRECTORY ${help_folder}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR} COMPONENT programs OPTIONAL
        PATTERN lowcal-train.1 EXCLUDE)
install(DIRECTORY ${help_folder}/bash-completion DESTINATION ${CMAKE_INSTALL_DATADIR}
        COMPONENT programs OPTIONAL)
if(TARGET lowcal-train)
    install(FILES ${help_folder}/man/man1/lowcal-train.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1
            COMPONENT trainer OPTIONAL)
endif()
