#include "workflows/candidate.hpp"

#include "core/error.hpp"

#include <algorithm>

namespace lowcal::workflows {
namespace {

bool is_plain(char letter)
{
    auto const in = [letter](char low, char high) { return letter >= low && letter <= high; };
    return in('a', 'z') || in('A', 'Z') || in('0', '9') || letter == '-' || letter == '_' ||
           letter == '.';
}

}  // namespace

std::string problem_with_candidate(std::string const& text)
{
    auto const equals = text.find('=');
    bool const well_formed = equals != std::string::npos && equals > 0 && equals + 1 < text.size();
    return well_formed ? "" : "'" + text + "' is not NAME=FILE or NAME=MODEL.onnx";
}

std::vector<Candidate> parse_candidates(std::vector<std::string> const& texts)
{
    std::vector<Candidate> candidates;
    std::vector<std::string> file_names;
    for (auto const& text : texts) {
        auto const equals = text.find('=');
        Candidate candidate{text.substr(0, equals), text.substr(equals + 1)};
        auto const file_name = file_name_of(candidate.name);
        if (std::ranges::find(file_names, file_name) != file_names.end())
            throw InputError("--candidate " + text,
                             "another candidate has this name or one too like it",
                             "give each candidate a name of its own");
        file_names.push_back(file_name);
        candidates.push_back(std::move(candidate));
    }
    return candidates;
}

std::string file_name_of(std::string const& name)
{
    auto result = name;
    for (char& letter : result)
        if (!is_plain(letter)) letter = '_';
    return result;
}

}  // namespace lowcal::workflows
