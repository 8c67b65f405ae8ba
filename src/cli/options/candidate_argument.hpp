#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace lowcal::cli {

/// One value of --candidate: NAME=FILE_OR_MODEL.
struct CandidateArgument {
    std::string name;
    std::filesystem::path path;
    bool is_model() const { return path.extension() == ".onnx"; }
};

/// Why a value of --candidate is malformed; empty where it is not.
std::string problem_with_candidate(std::string const& text);

/// Throws InputError where two candidates have one name. The texts are well formed.
std::vector<CandidateArgument> parse_candidates(std::vector<std::string> const& texts);

/// The name with all but letters, digits, '-', '_' and '.' replaced, for use in a file's name.
std::string file_name_of(std::string const& name);

}  // namespace lowcal::cli
