#pragma once

namespace lowcal::cli {

/// Of arguments that find_network (core/files/network_file.hpp) reads.
inline constexpr char const* network_help =
    "Network: a file (.onnx), or the name of one that comes with LowCal";

}  // namespace lowcal::cli
