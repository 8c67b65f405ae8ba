#pragma once

#include "core/detector/detector.hpp"
#include "data/reading/shower_reader.hpp"
#include "data/summary.hpp"

#include <filesystem>
#include <map>
#include <string>

namespace lowcal::workflows {

/// What a shower file holds.
struct ShowerFileInfo {
    data::ShowerSummary summary;
    Detector detector;  ///< complete
    std::map<std::string, std::string> attributes;
};

/// Reads the whole file. Shows progress and makes remarks (core/listener.hpp). Throws InputError as
/// data::ShowerReader does.
ShowerFileInfo shower_file_info(std::filesystem::path const& file,
                                data::ShowerReader::Config const& config);

/// One JSON object (docs/file_formats.md).
std::string shower_file_info_json(ShowerFileInfo const& info);

}  // namespace lowcal::workflows
