#pragma once

#include "data/storage/external_storage.hpp"

#include <CLI/CLI.hpp>

namespace lowcal::cli {

/// Adds --allow-external.
inline void add_allow_external(CLI::App& command, data::ExternalStorage& external)
{
    command.add_flag_callback(
        "--allow-external", [&external] { external = data::ExternalStorage::inside_folder; },
        "Also read showers that lie in other files of the same folder or below: sources of virtual "
        "data sets, external links, external raw data");
}

}  // namespace lowcal::cli
