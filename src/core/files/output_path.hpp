#pragma once

#include <filesystem>
#include <span>

namespace lowcal {

/// What commands check before they begin, so that hours of work do not end in a name that cannot be
/// written. Throws InputError where `output` is a folder or a device, or its folder is not there.
void require_output_path(std::filesystem::path const& output);

/// Throws InputError where `output` is one of the files that are read to make it, under whatever
/// name: also through links, symbolic or hard.
void require_not_an_input(std::filesystem::path const& output,
                          std::span<std::filesystem::path const> inputs);

}  // namespace lowcal
