#pragma once

#include <string>

namespace lowcal {

/// Sixteen hexadecimal digits from the kernel's random numbers. Throws InputError where it has
/// none.
std::string random_name();

}  // namespace lowcal
