#include "cli/describe_command.hpp"

#include "cli/options/detector_option.hpp"
#include "core/detector/detector_json.hpp"
#include "core/error.hpp"
#include "core/files/network_file.hpp"
#include "core/files/output_path.hpp"
#include "core/printable.hpp"
#include "graph/model/ports.hpp"
#include "graph/onnx/onnx_file.hpp"
#include "workflows/generate/number_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace lowcal::cli {
namespace {

struct DescribeOptions {
    std::filesystem::path model;
    std::filesystem::path out;
    std::filesystem::path detector;
    std::filesystem::path ports;
    std::string pdg;                            ///< empty: as it is
    std::map<std::string, std::string> ranges;  ///< of conditions, MIN:MAX
};

/// Codes or ranges of conditions that the network has.
void describe_conditions(DescribeOptions const& options, graph::GeneratorPorts const& ports,
                         graph::Graph& network)
{
    auto const names = ports.condition_names();
    auto const asks_for = [&](std::string const& name) {
        return std::ranges::find(names, name) != names.end();
    };
    if (!options.pdg.empty()) {
        bool const several = options.pdg.find('/') != std::string::npos;
        if (several && !asks_for("pdg"))
            throw UsageError("--pdg", "a network without an input 'pdg' is made for one code");
        auto codes = options.pdg;
        std::ranges::replace(codes, '/', ',');
        network.metadata[asks_for("pdg") ? graph::pdg_codes_key : graph::pdg_key] = codes;
    }
    auto ranges = ports.condition_ranges;
    for (auto const& [name, text] : options.ranges) {
        if (!asks_for(name)) throw UsageError("--" + name, "the network has no such input");
        ranges[name] = workflows::NumberSource(text, {}).range();
    }
    if (!ranges.empty())
        network.metadata[graph::condition_ranges_key] = graph::condition_ranges_text(ranges);
}

void run(DescribeOptions const& options)
{
    require_network_name(options.out);
    require_output_path(options.out, FileKind::other);
    require_not_an_input(options.out, std::vector{options.detector, options.ports});
    auto const notes = read_network_notes(options.ports, options.detector);
    auto network = graph::read_generator(options.model, notes);
    auto const ports =
        graph::ports_of(network, notes.detector);  // refuses other cells than its own
    auto const& detector = notes.detector ? *notes.detector : ports.detector;
    network.metadata[detector_key] = to_json(detector);
    describe_conditions(options, ports, network);
    graph::write_onnx(network, options.out);
    auto const metadata = [&](char const* key) {
        auto const found = network.metadata.find(key);
        return found == network.metadata.end() ? std::string() : found->second;
    };
    auto const pdg = metadata(graph::pdg_key) + metadata(graph::pdg_codes_key);
    auto const ranges = metadata(graph::condition_ranges_key);
    fmt::print("{}: {}, {}; {}{}\n", printable(options.out.string()), printable(detector.name),
               printable(cells_text(detector)),
               pdg.empty() ? "primaries not said" : "PDG code " + pdg,
               ranges.empty() ? "" : "; " + ranges);
}

}  // namespace

void add_describe_command(CLI::App& app)
{
    auto const options = std::make_shared<DescribeOptions>();
    auto* const command =
        app.add_subcommand("describe", "Write into a network whose showers it makes");
    command->add_option("model", options->model, "Network (ONNX)")->required();
    command->add_option("--out", options->out, "Network to write; may be the same")->required();
    add_detector_option(*command, options->detector,
                        "If not given, the network's own, or what its output's shape is known for");
    add_ports_option(*command, options->ports);
    command
        ->add_option("--pdg", options->pdg,
                     "PDG code of the primaries that it is made for; A/B/... of one with an input "
                     "'pdg'")
        ->check(
            [](std::string const& text) {
                return workflows::problem_with_numbers(text, workflows::NumberKind::whole);
            },
            "A or A/B/...");
    for (auto const* const name : {"theta", "phi"})
        command
            ->add_option_function<std::string>(
                std::string("--") + name,
                [options, name](std::string const& text) { options->ranges[name] = text; },
                "MIN:MAX in rad, what it was trained with")
            ->check(
                [](std::string const& text) {
                    return workflows::problem_with_numbers(text, workflows::NumberKind::any);
                },
                "MIN:MAX");
    command->callback([options] { run(*options); });
}

}  // namespace lowcal::cli
