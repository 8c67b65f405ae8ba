#include "cli/detector_option.hpp"

#include "core/detector_json.hpp"

#include <map>

namespace lowcal::cli {

CLI::Option* add_detector_option(CLI::App& command, std::filesystem::path& file,
                                 std::string const& description)
{
    return command.add_option("--detector", file,
                              "Detector (JSON, docs/file_formats.md). " + description);
}

std::optional<Detector> read_detector_option(std::filesystem::path const& file)
{
    if (file.empty()) return std::nullopt;
    return read_detector(file);
}

CLI::Option* add_layout(CLI::App& command, std::string const& name,
                        std::optional<data::Layout>& layout, std::string const& description)
{
    std::map<std::string, data::Layout> names;
    for (auto const one : data::all_layouts) names.emplace(data::layout_name(one), one);
    return command.add_option(name, layout, description)->transform(CLI::CheckedTransformer(names));
}

}  // namespace lowcal::cli
