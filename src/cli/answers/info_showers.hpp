#pragma once

#include "data/reading/shower_reader.hpp"

#include <filesystem>

namespace lowcal::cli {

/// Reads a whole shower file and prints what it holds to standard output, as a table or as JSON;
/// warnings and progress go to standard error. Throws InputError as data::ShowerReader does.
void print_shower_info(std::filesystem::path const& file, bool json,
                       data::ShowerReader::Config const& config);

}  // namespace lowcal::cli
