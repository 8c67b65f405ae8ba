#pragma once

#include "core/detector/detector.hpp"

#include <cstddef>
#include <string>

namespace lowcal {

/// Under which name shower files (an attribute) and networks (metadata) carry their detector.
inline constexpr char const* detector_key = "lowcal.detector";

/// Bytes of a text that describes a detector.
inline constexpr std::size_t longest_detector_text = std::size_t{1} << 20;

/// A detector as JSON of one line; docs/file_formats.md has its keys. What is not known is left
/// out. `detector_from_json` makes an equal value of it.
std::string to_json(Detector const& detector);

/// Throws InputError, which begins with `label`, for text that is no JSON, unknown, missing or
/// ill-typed keys (named) and detectors that make no sense.
Detector detector_from_json(std::string const& text, std::string const& label);

}  // namespace lowcal
