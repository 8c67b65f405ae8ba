#pragma once

#include "data/shower_files.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace lowcal::end_to_end {

using data::mentions;
using data::TemporaryFolder;

/// The shipped files.
std::string validation_showers();     ///< Geant4
std::string shipped_network();        ///< conv2d
std::string fast_network();           ///< lean: a hundredth of the time
std::string shipped_lean_training();  ///< lean as its training left it

/// Content of a file; a test failure where there is none.
std::string content(std::filesystem::path const& path);

/// What a program printed, or a file's content, as JSON; null and a test failure where it is none.
nlohmann::json parse_json(std::string const& text);

/// Whether an object has just these keys; a missing and an additional one are named.
::testing::AssertionResult has_keys(nlohmann::json const& object,
                                    std::vector<std::string> const& keys);

/// Whether two files hold the same showers, bit for bit. Also checks that all cells are finite and
/// not negative.
::testing::AssertionResult same_showers(std::filesystem::path const& one,
                                        std::filesystem::path const& other);

/// Largest relative difference of two lists of equal length; infinite for other lengths.
double worst_relative(std::vector<float> const& found, std::vector<float> const& expected);

}  // namespace lowcal::end_to_end
