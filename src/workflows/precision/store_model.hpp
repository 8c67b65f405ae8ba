#pragma once

#include "graph/ports/house_form.hpp"

#include <filesystem>
#include <string>

namespace lowcal::workflows {

/// Writes a float32 network with its weights stored in 16 bits; `precision` is "f16" or "bf16".
/// Throws InputError where `model` cannot be read, is quantised, or has weights that do not fit.
void store_in_16_bits(std::filesystem::path const& model, std::string const& precision,
                      std::filesystem::path const& out, graph::NetworkNotes const& notes);

}  // namespace lowcal::workflows
