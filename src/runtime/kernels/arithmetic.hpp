#pragma once

#include "runtime/plan.hpp"

#include <string>

namespace lowcal::runtime {

/// The class of instruction sets within which a plan's results have the same bits: "any" where no
/// step leaves the order of float sums to oneDNN (our own kernels, and convolutions of integers,
/// give the same bits everywhere), else the class that oneDNN takes here: "SSE4.1", "AVX", "AVX2",
/// "AVX-512", "AMX".
std::string instruction_class(Plan const& plan);

}  // namespace lowcal::runtime
