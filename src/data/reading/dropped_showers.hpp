#pragma once

#include "data/hdf5/hdf5_file.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace lowcal::data {

/// The data set that keeps the account of a production exact: indices of the showers in the file's
/// range that were bad and are not there, ascending. Only for .cpp files of this folder.
inline constexpr char dropped_showers_name[] = "dropped_showers";

/// Writes the list where it is not empty. Throws InputError.
void write_dropped_showers(hid_t file, std::span<std::uint64_t const> indices);

/// Empty where the file has none. Throws InputError where it is no ascending list of whole numbers.
std::vector<std::uint64_t> read_dropped_showers(Hdf5File const& file);

}  // namespace lowcal::data
