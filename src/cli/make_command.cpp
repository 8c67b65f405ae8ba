#include "cli/make_command.hpp"

#include "cli/options/detector_option.hpp"
#include "cli/options/number_option.hpp"
#include "cli/options/program.hpp"
#include "core/printable.hpp"
#include "workflows/making/make.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <memory>

namespace lowcal::cli {
namespace {

struct MakeArguments {
    workflows::MakeRequest request{.program = own_program};
    std::filesystem::path detector;
};

void run(MakeArguments const& typed)
{
    auto request = typed.request;
    request.detector = read_detector_option(typed.detector);
    auto const made = workflows::make_generator(request);
    if (!made.pictures)
        fmt::print(stderr, "Warning: no pictures: the program gnuplot is not installed\n");
    fmt::print("\n{}\nNetworks, report and card are in {}\n", made.table,
               printable(request.out.string()));
}

}  // namespace

void add_make_command(CLI::App& app)
{
    auto const options = std::make_shared<MakeArguments>();
    auto* const command = app.add_subcommand(
        "make", "From showers to a validated int8 generator: trains, exports, quantises, judges");
    command->add_option("--data", options->request.data, "Shower files (HDF5)")->required();
    command
        ->add_option("--out", options->request.out,
                     "Folder; the same command goes on with what is there")
        ->required();
    command
        ->add_option(
            "--arch", options->request.architecture,
            "fine: faithful; passes: some times faster and trained in an hour, in float32; "
            "lean: the fastest, its single showers are told apart")
        ->check(CLI::IsMember({"fine", "passes", "lean"}))
        ->capture_default_str();
    add_number(*command, "--minutes", options->request.minutes, "Of training, in all",
               above_zero<double>)
        ->capture_default_str();
    command->add_option("--reference", options->request.reference,
                        "Showers to judge on; if not given, some of --data that are held out");
    add_detector_option(*command, options->detector, "Of files that do not say their own");
    add_number(*command, "--seed", options->request.seed, "Of the training")->capture_default_str();
    add_threads(*command, options->request.threads, "0: all");
    command->callback([options] { run(*options); });
}

}  // namespace lowcal::cli
