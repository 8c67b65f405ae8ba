#include "workflows/evaluate/classifier_run.hpp"

#include "core/error.hpp"
#include "core/processes/child_process.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lowcal::workflows {
namespace {

std::vector<std::string> arguments_of(ClassifierRun const& run)
{
    std::vector<std::string> arguments{trainer_program().string(),
                                       "classify",
                                       "--reference",
                                       run.reference.string(),
                                       "--seed",
                                       std::to_string(run.seed),
                                       "--threads",
                                       std::to_string(run.threads)};
    if (run.zero_negative_cells) arguments.emplace_back("--zero-negative-cells");
    for (auto const& candidate : run.candidates)
        arguments.insert(arguments.end(),
                         {"--candidate", candidate.name + "=" + candidate.file.string()});
    return arguments;
}

}  // namespace

std::filesystem::path trainer_program()
{
    return std::filesystem::read_symlink("/proc/self/exe").parent_path() / "lowcal-train";
}

ClassifierFigures run_classifiers(ClassifierRun const& run)
{
    auto const end = run_child({.arguments = arguments_of(run)});
    if (!end.found)
        throw InputError("cannot start the classifiers: " + trainer_program().string(),
                         "there is no such program",
                         "they need LibTorch; build it with 'make build'");
    if (end.exit_code != 0)
        throw InputError("the classifiers failed", fmt::format("exit code {}", end.exit_code));
    ClassifierFigures figures;
    auto const areas = nlohmann::json::parse(end.output);
    for (auto const& [name, found] : areas.items())
        figures[name] = {.area = found.at("area").get<double>(),
                         .error = found.at("error").get<double>()};
    return figures;
}

}  // namespace lowcal::workflows
