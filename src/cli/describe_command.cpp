#include "cli/describe_command.hpp"

#include "cli/options/detector_option.hpp"
#include "cli/options/number_option.hpp"
#include "core/detector/detector_json.hpp"
#include "core/files/output_path.hpp"
#include "core/printable.hpp"
#include "graph/model/ports.hpp"
#include "graph/onnx/onnx_file.hpp"

#include <fmt/format.h>

#include <filesystem>
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
    int pdg = 0;  ///< 0: as it is
};

void run(DescribeOptions const& options)
{
    require_output_path(options.out);
    require_not_an_input(options.out, std::vector{options.detector, options.ports});
    auto const notes = read_network_notes(options.ports, options.detector);
    auto network = graph::read_generator(options.model, notes);
    auto const ports =
        graph::ports_of(network, notes.detector);  // refuses other cells than its own
    auto const& detector = notes.detector ? *notes.detector : ports.detector;
    auto const pdg = options.pdg != 0 ? options.pdg : ports.pdg;
    network.metadata[detector_key] = to_json(detector);
    if (pdg != 0) network.metadata[graph::pdg_key] = std::to_string(pdg);
    graph::write_onnx(network, options.out);
    fmt::print("{}: {}, {}; {}\n", printable(options.out.string()), printable(detector.name),
               printable(cells_text(detector)),
               pdg == 0 ? "primaries not said" : fmt::format("PDG code {}", pdg));
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
    add_pdg_option(*command, options->pdg, "PDG code of the primaries that it is made for");
    command->callback([options] { run(*options); });
}

}  // namespace lowcal::cli
