#include "workflows/candidate.hpp"

#include "core/error.hpp"
#include "core/files/network_file.hpp"
#include "core/number_text.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <sstream>
#include <string_view>

namespace lowcal::workflows {
namespace {

bool is_plain(char letter)
{
    auto const in = [letter](char low, char high) { return letter >= low && letter <= high; };
    return in('a', 'z') || in('A', 'Z') || in('0', '9') || letter == '-' || letter == '_' ||
           letter == '.';
}

/// A network of an ensemble, "A.onnx" or "A.onnx:2".
struct WeightedFile {
    std::string file;
    double weight = 1;
};

std::optional<WeightedFile> parse_member(std::string const& text)
{
    if (text.ends_with(".onnx")) return WeightedFile{.file = text};
    auto const colon = text.rfind(".onnx:");
    if (colon == std::string::npos) return std::nullopt;
    auto const after = colon + std::string_view(".onnx").size();
    auto const weight = parse_number<double>(text.substr(after + 1));
    if (!weight) return std::nullopt;
    return WeightedFile{.file = text.substr(0, after), .weight = *weight};
}

/// Networks with commas between them; none where the text is something else, which is one file
/// whatever its name has in it.
std::vector<WeightedFile> parse_members(std::string const& text)
{
    std::vector<WeightedFile> members;
    std::istringstream parts(text);
    for (std::string part; std::getline(parts, part, ',');) {
        auto const member = parse_member(part);
        if (!member) return {};
        members.push_back(*member);
    }
    if (members.size() == 1) members.clear();
    return members;
}

void add_files(Candidate& candidate, std::string const& text)
{
    for (auto const& [file, weight] : parse_members(text)) {
        candidate.files.emplace_back(file);
        candidate.weights.push_back(weight);
    }
    if (candidate.files.empty()) candidate.files.push_back(file_or_network(text));
}

}  // namespace

std::string problem_with_candidate(std::string const& text)
{
    auto const equals = text.find('=');
    bool const well_formed = equals != std::string::npos && equals > 0 && equals + 1 < text.size();
    return well_formed ? "" : "'" + text + "' is not NAME=FILE or NAME=NETWORK";
}

std::vector<Candidate> parse_candidates(std::vector<std::string> const& texts)
{
    std::vector<Candidate> candidates;
    std::vector<std::string> file_names;
    for (auto const& text : texts) {
        auto const equals = text.find('=');
        Candidate candidate{.name = text.substr(0, equals), .files = {}};
        add_files(candidate, text.substr(equals + 1));
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
