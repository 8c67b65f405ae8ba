#include "core/detector/detector_file.hpp"

#include "core/detector/binning_xml.hpp"
#include "core/detector/detector_json.hpp"
#include "core/error.hpp"

#include <fstream>
#include <string>

namespace lowcal {
namespace {

struct NamedFile {
    std::filesystem::path path;
    std::string particle{};
};

/// A file may have a colon in its name: what is there is meant.
NamedFile split(std::filesystem::path const& argument)
{
    std::error_code error;
    auto const text = argument.string();
    auto const colon = text.rfind(':');
    if (std::filesystem::exists(argument, error) || colon == std::string::npos) return {argument};
    return {text.substr(0, colon), text.substr(colon + 1)};
}

std::string text_of(std::filesystem::path const& path, std::string const& label)
{
    std::error_code error;
    if (!std::filesystem::exists(path, error)) throw InputError(label, "no such file");
    if (!std::filesystem::is_regular_file(path, error)) throw InputError(label, "not a file");
    std::ifstream stream(path, std::ios::binary);
    std::string text(longest_detector_text + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!stream.is_open() || stream.bad()) throw InputError(label, "it cannot be read");
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (text.size() > longest_detector_text) throw InputError(label, "the text is too long");
    return text;
}

/// No JSON begins so.
bool is_xml(std::string const& text)
{
    auto const first = text.find_first_not_of("\xEF\xBB\xBF \t\r\n");  // a mark of UTF-8, too
    return first != std::string::npos && text[first] == '<';
}

}  // namespace

Detector read_detector(std::filesystem::path const& file_and_particle)
{
    auto const file = split(file_and_particle);
    auto const label = "cannot read the detector of " + file.path.string();
    auto const text = text_of(file.path, label);
    if (is_xml(text)) return detector_from_binning(text, file.particle, label);
    if (!file.particle.empty())
        throw InputError(label, "it is no binning XML, and has no particle " + file.particle);
    return detector_from_json(text, label);
}

}  // namespace lowcal
