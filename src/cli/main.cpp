#include "cli/bench_command.hpp"
#include "cli/convert_command.hpp"
#include "cli/demo_command.hpp"
#include "cli/describe_command.hpp"
#include "cli/evaluate_command.hpp"
#include "cli/generate_command.hpp"
#include "cli/info_command.hpp"
#include "cli/make_command.hpp"
#include "cli/merge_command.hpp"
#include "cli/options/program.hpp"
#include "cli/quantize_command.hpp"
#include "cli/shift_command.hpp"
#include "workflows/evaluate/classifier_run.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <unistd.h>
#include <vector>

namespace {

using namespace lowcal;

/// `lowcal train ...` becomes `lowcal-train ...`, the program beside this one: the trainer needs
/// LibTorch, which nothing else here does. Returns only if that fails.
int start_trainer(char** arguments)
{
    auto const trainer = workflows::trainer_program().string();
    std::vector<char*> passed{const_cast<char*>(trainer.c_str())};
    for (char** argument = arguments; *argument != nullptr; ++argument) passed.push_back(*argument);
    passed.push_back(nullptr);
    ::execv(trainer.c_str(), passed.data());
    fmt::print(stderr, "lowcal train: cannot start {} ({}); build it with 'make build'\n", trainer,
               std::strerror(errno));
    return 1;
}

}  // namespace

int main(int argc, char** argv)
{
    if (argc > 1 && std::strcmp(argv[1], "train") == 0) return start_trainer(argv + 2);
    CLI::App app("LowCal: calorimeter showers without Monte Carlo.", "lowcal");
    app.set_version_flag("--version", "lowcal " LOWCAL_VERSION);
    app.require_subcommand(1);
    cli::add_info_command(app);
    cli::add_quantize_command(app);
    cli::add_shift_command(app);
    cli::add_generate_command(app);
    cli::add_evaluate_command(app);
    cli::add_bench_command(app);
    cli::add_convert_command(app);
    cli::add_merge_command(app);
    cli::add_describe_command(app);
    cli::add_make_command(app);
    cli::add_demo_command(app);
    app.add_subcommand("train", "Train a network (starts lowcal-train)");
    return cli::run_program(app, [&] { cli::parse(app, argc, argv); });
}
