#pragma once

#include "graph/ports/house_form.hpp"

#include <filesystem>

namespace lowcal::cli {

/// Prints to stdout what a network is: inputs, outputs, opset, parameters, multiply-accumulates per
/// shower, file size, SHA-256, its lowcal.* metadata and one line for each layer; as aligned text
/// or as one JSON object. Throws InputError if the file cannot be read.
void print_model_info(std::filesystem::path const& path, bool json,
                      graph::NetworkNotes const& notes);

}  // namespace lowcal::cli
