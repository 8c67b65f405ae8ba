#include "cli/options/detector_option.hpp"

#include "cli/options/number_option.hpp"
#include "core/detector/detector_file.hpp"

#include <string>
#include <vector>

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

CLI::Option* add_ports_option(CLI::App& command, std::filesystem::path& file)
{
    return command.add_option(
        "--ports", file,
        "What the inputs and the output of a network are that does not say it "
        "itself (JSON, docs/your_network.md; info prints it)");
}

graph::NetworkNotes read_network_notes(std::filesystem::path const& ports,
                                       std::filesystem::path const& detector)
{
    graph::NetworkNotes notes{.ports = {}, .detector = read_detector_option(detector)};
    if (!ports.empty()) notes.ports = graph::read_port_map(ports);
    return notes;
}

CLI::Option* add_pdg_option(CLI::App& command, int& code, std::string const& description)
{
    constexpr int most = 1 << 24;  // files and networks keep codes as float32
    return add_number(command, "--pdg", code, description, {.least = -most, .most = most});
}

CLI::Option* add_layout(CLI::App& command, std::string const& name,
                        std::optional<data::Layout>& layout, std::string const& description)
{
    std::vector<std::string> names;
    names.reserve(data::all_layouts.size());
    for (auto const one : data::all_layouts) names.emplace_back(data::layout_name(one));
    auto const take = [&layout](std::string const& text) { layout = data::find_layout(text); };
    return command.add_option_function<std::string>(name, take, description)
        ->check(CLI::IsMember(names));
}

}  // namespace lowcal::cli
