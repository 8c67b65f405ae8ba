#pragma once

#include "program.hpp"

#include <string>
#include <vector>

namespace lowcal::end_to_end {

/// A command that must fail for its input, and what its message must name.
struct Refused {
    Arguments arguments;
    std::vector<std::string> named;
};

/// Expects exit code 1 and a message of ours of each command.
void expect_refused(std::vector<Refused> const& commands);

}  // namespace lowcal::end_to_end
