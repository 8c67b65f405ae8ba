#pragma once

#include <string>

namespace lowcal::test {

/// Reads bytes as an ONNX file and does with the network all that a program might: describes it,
/// follows the showers of its batches, plans it for one shower and for three and, where that is
/// soon done, runs it. Throws InputError for a file or network that is refused, and
/// std::logic_error where what comes out is not what it should be: for fuzzing.
void try_network(std::string const& bytes);

}  // namespace lowcal::test
