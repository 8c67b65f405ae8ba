#include "cli/options/bad_cell_options.hpp"

#include <string>

namespace lowcal::cli {

void add_bad_cell_options(CLI::App& command, bool& skip_bad_showers, data::NegativeCells& negative,
                          std::vector<data::NegativeCells> const& usable)
{
    command.add_flag("--skip-bad-showers", skip_bad_showers,
                     "Drop and count showers with NaN, infinite or negative cells");
    std::vector<std::string> names;
    names.reserve(usable.size());
    for (auto const one : usable) names.emplace_back(data::name_of(one));
    command
        .add_option_function<std::string>(
            "--negative-cells",
            [&negative](std::string const& text) {
                negative = data::find_negative_cells(text).value_or(negative);
            },
            "Cells below zero, which a detector's noise makes, are an error, set to zero, or kept")
        ->check(CLI::IsMember(names))
        ->default_str(std::string(data::name_of(negative)));
}

}  // namespace lowcal::cli
