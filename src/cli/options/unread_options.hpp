#pragma once

#include <CLI/CLI.hpp>

#include <initializer_list>
#include <string>

namespace lowcal::cli {

/// Throws CLI::ValidationError where one of these options is given though nothing reads it, since
/// only `reader` would: an option that is passed over in silence misleads.
void refuse_unread(CLI::App const& command, std::initializer_list<char const*> options,
                   std::string const& reader);

}  // namespace lowcal::cli
