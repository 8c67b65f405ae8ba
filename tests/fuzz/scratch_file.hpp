#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace lowcal::fuzz {

/// A folder in memory for the files of one fuzzing process, removed with the process.
std::filesystem::path const& scratch_folder();

/// Makes `bytes` the content of the file `name` in the scratch folder, which our readers, that take
/// paths, then read.
std::filesystem::path scratch_file(std::string const& name, std::span<std::uint8_t const> bytes);

}  // namespace lowcal::fuzz
