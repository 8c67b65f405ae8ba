#pragma once

#include "core/detector/detector.hpp"

#include <filesystem>

namespace lowcal {

/// The detector of a file of --detector: JSON (detector_json.hpp), or one of the CaloChallenge's
/// binning XML files (binning_xml.hpp), told apart by their first character. FILE.xml:PARTICLE
/// names the particle of a binning file that has several; of a JSON it names none.
///
/// Throws InputError that begins with the file's name where it cannot be read or makes no sense.
Detector read_detector(std::filesystem::path const& file_and_particle);

}  // namespace lowcal
