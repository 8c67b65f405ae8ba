#pragma once

#include "core/detector/detector.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <vector>

namespace lowcal::workflows {

/// Showers at the ends of training files that no training sees.
struct HeldOutShowers {
    std::size_t of_each_file = 0;
    std::size_t count = 0;  ///< in all
};

/// Writes the last showers of each file, as many of one as of another, to a file in the CLIC or,
/// for cylinders, the CaloChallenge layout: a tenth of the smallest file's, a thousand in all at
/// most. Throws InputError where a file has fewer than ten showers or is of another detector.
HeldOutShowers write_held_out_showers(std::vector<std::filesystem::path> const& files,
                                      std::optional<Detector> const& detector,
                                      std::filesystem::path const& out);

}  // namespace lowcal::workflows
