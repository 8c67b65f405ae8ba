#include "cli/classifier_run.hpp"

#include "core/error.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace lowcal::cli {
namespace {

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

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
    for (auto const& candidate : run.candidates)
        arguments.insert(arguments.end(),
                         {"--candidate", candidate.name + "=" + candidate.file.string()});
    return arguments;
}

/// Runs a program with its standard output in a file; its exit code.
int run_program(std::vector<std::string> arguments, std::FILE* output)
{
    std::vector<char*> pointers;
    for (auto& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ::fileno(output), STDOUT_FILENO);
    pid_t process = 0;
    int const failure =
        ::posix_spawn(&process, pointers[0], &actions, nullptr, pointers.data(), ::environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failure != 0)
        throw InputError("cannot start the classifiers: " + arguments[0], std::strerror(failure),
                         "they need LibTorch; build it with 'make build'");
    int status = 0;
    while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

std::string content_of(std::FILE* file)
{
    std::string text;
    std::rewind(file);
    for (int letter = std::fgetc(file); letter != EOF; letter = std::fgetc(file))
        text += static_cast<char>(letter);
    return text;
}

validation::ClassifierFigure figure_of(nlohmann::json const& json)
{
    return {.area = json.at("area").get<double>(), .error = json.at("error").get<double>()};
}

}  // namespace

std::filesystem::path trainer_program()
{
    return std::filesystem::read_symlink("/proc/self/exe").parent_path() / "lowcal-train";
}

ClassifierFigures run_classifiers(ClassifierRun const& run)
{
    File const output(std::tmpfile());
    if (!output) throw InputError("cannot make a temporary file", std::strerror(errno));
    if (int const code = run_program(arguments_of(run), output.get()); code != 0)
        throw InputError("the classifiers failed", fmt::format("exit code {}", code));
    ClassifierFigures figures;
    auto const areas = nlohmann::json::parse(content_of(output.get()));
    for (auto const& [name, found] : areas.items())
        figures[name] = {.high_level = figure_of(found.at("high_level")),
                         .low_level = figure_of(found.at("low_level"))};
    return figures;
}

}  // namespace lowcal::cli
