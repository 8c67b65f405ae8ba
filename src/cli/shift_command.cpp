#include "cli/shift_command.hpp"

#include "cli/options/detector_option.hpp"
#include "cli/options/network_help.hpp"
#include "cli/options/number_option.hpp"
#include "core/error.hpp"
#include "core/files/atomic_file.hpp"
#include "core/files/network_file.hpp"
#include "core/files/output_path.hpp"
#include "core/printable.hpp"
#include "workflows/candidate.hpp"
#include "workflows/precision/precision_judge.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace lowcal::cli {
namespace {

using nlohmann::ordered_json;

struct ShiftOptions {
    std::filesystem::path reference;
    std::vector<std::string> candidates;
    workflows::PrecisionJudge::Config judge{.count = 10000};
    double tolerance = 1.0;
    std::filesystem::path json;
    std::filesystem::path ports;
    std::filesystem::path detector;
};

ordered_json json_of(quantisation::Judgement const& judgement)
{
    auto criteria = ordered_json::array();
    for (auto const& criterion : judgement.criteria)
        criteria.push_back(
            {{"name", criterion.name}, {"shift", criterion.shift}, {"error", criterion.error}});
    return {{"us_per_shower", judgement.us_per_shower}, {"criteria", criteria}};
}

void print_row(std::string const& name, quantisation::Judgement const& judgement, double tolerance)
{
    auto const moved = workflows::moved_criteria(judgement, tolerance);
    auto worst = workflows::moved_criteria(judgement, 0.0);
    auto const surely = std::count_if(moved.begin(), moved.end(), [&](auto const& criterion) {
        return criterion.sure_ratio() > tolerance;
    });
    fmt::print("{:<16} {:>6} {:>6} {:>6}", printable(name), judgement.criteria.size(), moved.size(),
               surely);
    for (std::size_t i = 0; i < std::min<std::size_t>(3, worst.size()); ++i)
        fmt::print("{}{:.2f} ({:.2f})  {}", i == 0 ? "  " : ";  ", worst[i].ratio(),
                   worst[i].sure_ratio(), worst[i].name);
    fmt::print("\n");
}

void run(ShiftOptions const& options)
{
    auto const candidates = workflows::parse_candidates(options.candidates);
    for (auto const& candidate : candidates) {
        if (!candidate.is_model())
            throw InputError(candidate.files.front().string() + " is no network",
                             "precisions are compared on the same latents");
        if (candidate.files.size() > 1)
            throw InputError("candidate " + candidate.name + " is an ensemble",
                             "the precision of one network is compared", "give one network each");
    }
    std::vector inputs{options.reference};
    for (auto const& candidate : candidates) inputs.push_back(candidate.files.front());
    require_output_path(options.json, FileKind::other);
    require_not_an_input(options.json, inputs);
    auto const notes = read_network_notes(options.ports, options.detector);
    workflows::PrecisionJudge const judge(graph::read_generator(options.reference, notes),
                                          options.judge);
    fmt::print("{}: {} showers, seed {}; shifts in errors at 10000 showers, tolerance {}\n",
               printable(options.reference.string()), options.judge.count, options.judge.seed,
               options.tolerance);
    fmt::print("{:<16} {:>6} {:>6} {:>6}  {}\n", "candidate", "criteria", "moved", "surely",
               "largest shifts (less two of their own standard errors)");
    ordered_json all;
    for (auto const& candidate : candidates) {
        auto const judgement = judge(graph::read_generator(candidate.files.front(), notes));
        print_row(candidate.name, judgement, options.tolerance);
        all["candidates"][candidate.name] = json_of(judgement);
    }
    if (!options.json.empty()) write_file_atomically(options.json, all.dump(2) + "\n");
}

}  // namespace

void add_shift_command(CLI::App& app)
{
    auto* const command =
        app.add_subcommand("shift", "How far other precisions of a network move its showers");
    auto const options = std::make_shared<ShiftOptions>();
    command->add_option("reference", options->reference, std::string(network_help) + "; in float32")
        ->required();
    command->add_option("--candidate", options->candidates, "NAME=NETWORK, of the same latents")
        ->required()
        ->check(workflows::problem_with_candidate);
    add_number(*command, "--count", options->judge.count, "Showers",
               {.least = 100, .most = 1000000})
        ->capture_default_str();
    command->add_option(
        "--inputs-from", options->judge.inputs_from,
        "Shower file whose energies and conditions are used; if not given, energies "
        "are spread over the network's range");
    add_ports_option(*command, options->ports);
    add_detector_option(*command, options->detector, "Of networks that do not say their own");
    add_number(*command, "--seed", options->judge.seed, "Of the latents")->capture_default_str();
    add_number(*command, "--threads", options->judge.threads, "Threads",
               {.least = 1, .most = most_threads})
        ->capture_default_str();
    add_number(*command, "--errors", options->tolerance, "Shifts that are tolerated, in errors",
               above_zero<double>)
        ->capture_default_str();
    command->add_option("--json", options->json, "Write all criteria here");
    command->callback([options] {
        options->reference = file_or_network(options->reference.string());
        run(*options);
    });
}

}  // namespace lowcal::cli
