#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace lowcal::workflows {

/// What is compared with a reference: a shower file, or a network that makes showers for it.
struct Candidate {
    std::string name;
    std::filesystem::path path;
    bool is_model() const { return path.extension() == ".onnx"; }
};

/// Why a text is not NAME=FILE_OR_MODEL; empty where it is.
std::string problem_with_candidate(std::string const& text);

/// Throws InputError where two candidates have one name. The texts are well formed.
std::vector<Candidate> parse_candidates(std::vector<std::string> const& texts);

/// The name with all but letters, digits, '-', '_' and '.' replaced, for use in a file's name.
std::string file_name_of(std::string const& name);

}  // namespace lowcal::workflows
