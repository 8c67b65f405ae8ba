#pragma once

#include "core/error.hpp"

#include <cstdint>
#include <span>

namespace lowcal::fuzz {

/// Notes that `bytes` were refused. Where it was because the process that read them died, which is
/// a refusal as good as others, it is counted: the program says at its end how many did, and keeps
/// the bytes in the folder that LOWCAL_FUZZ_DEATHS names, if it names one.
void note_refusal(InputError const& error, std::span<std::uint8_t const> bytes);

}  // namespace lowcal::fuzz
