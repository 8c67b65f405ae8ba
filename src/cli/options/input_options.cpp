#include "cli/options/input_options.hpp"

#include <string>

namespace lowcal::cli {

void add_input_options(CLI::App& command, workflows::InputOptions& options)
{
    auto const check = [](workflows::NumberKind kind) {
        return
            [kind](std::string const& text) { return workflows::problem_with_numbers(text, kind); };
    };
    command
        .add_option("--energy", options.energy,
                    "Primary energy in GeV, MIN:MAX for uniform energies, or E/E/... in turn")
        ->check(check(workflows::NumberKind::positive), "E, MIN:MAX or E/E/...");
    command.add_option("--energies-from", options.file,
                       "Take shower i's energy, and the conditions that no option gives, from "
                       "shower i of this file (HDF5)");
    for (auto const& row : workflows::condition_options()) {
        std::string const name = row.name;
        command
            .add_option_function<std::string>(
                "--" + name,
                [&options, name](std::string const& text) { options.values[name] = text; },
                row.description)
            ->check(check(row.kind), "NUMBERS");
    }
}

}  // namespace lowcal::cli
