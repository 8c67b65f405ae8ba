#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace lowcal::workflows {

/// What is compared with a reference: a shower file, or a network that makes showers for it, or
/// several that do so together.
struct Candidate {
    std::string name;
    std::vector<std::filesystem::path> files;  ///< several only of networks
    std::vector<double> weights{};             ///< of several networks, one each
    bool is_model() const { return files.front().extension() == ".onnx"; }
};

/// Why a text is not NAME=FILE_OR_MODEL; empty where it is.
std::string problem_with_candidate(std::string const& text);

/// NAME=FILE, NAME=MODEL.onnx, NAME=MODEL (one that comes with LowCal), or NAME=A.onnx:2,B.onnx
/// with weights, which are 1 where none stands. Throws InputError where two candidates have one
/// name. The texts are well formed.
std::vector<Candidate> parse_candidates(std::vector<std::string> const& texts);

/// The name with all but letters, digits, '-', '_' and '.' replaced, for use in a file's name.
std::string file_name_of(std::string const& name);

}  // namespace lowcal::workflows
