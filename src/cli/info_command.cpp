#include "cli/info_command.hpp"

#include "cli/answers/info_folder.hpp"
#include "cli/answers/info_model.hpp"
#include "cli/answers/info_showers.hpp"
#include "cli/options/bad_cell_options.hpp"
#include "cli/options/detector_option.hpp"
#include "cli/options/external_option.hpp"
#include "core/files/network_file.hpp"

#include <filesystem>
#include <memory>

namespace lowcal::cli {
namespace {

struct InfoOptions {
    std::filesystem::path file;
    bool json = false;
    bool skip_bad_showers = false;
    data::NegativeCells negative_cells = data::NegativeCells::error;
    std::filesystem::path detector;
    std::filesystem::path ports;
    data::ExternalStorage external = data::ExternalStorage::refuse;
};

void run(InfoOptions const& options)
{
    if (std::filesystem::is_directory(options.file))
        return print_folder_info(options.file, options.json);
    if (options.file.extension() == ".onnx")
        return print_model_info(options.file, options.json,
                                read_network_notes(options.ports, options.detector));
    auto const bad = options.skip_bad_showers ? data::BadShowers::skip : data::BadShowers::error;
    print_shower_info(options.file, options.json,
                      {.bad_showers = bad,
                       .negative_cells = options.negative_cells,
                       .external = options.external,
                       .detector = read_detector_option(options.detector)});
}

}  // namespace

void add_info_command(CLI::App& app)
{
    auto* const command =
        app.add_subcommand("info", "Say what a shower file, a network or a folder of shards is");
    auto const options = std::make_shared<InfoOptions>();
    command
        ->add_option("file", options->file,
                     "Showers (HDF5), a network (.onnx, or the name of one that comes with LowCal) "
                     "or a folder of shards")
        ->required();
    command->add_flag("--json", options->json, "For scripts");
    add_bad_cell_options(*command, options->skip_bad_showers, options->negative_cells);
    add_detector_option(*command, options->detector,
                        "Of a shower file or network that does not say its own");
    add_ports_option(*command, options->ports);
    add_allow_external(*command, options->external);
    command->callback([options] {
        options->file = file_or_network(options->file.string());
        run(*options);
    });
}

}  // namespace lowcal::cli
