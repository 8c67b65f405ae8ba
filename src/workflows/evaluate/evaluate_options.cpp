#include "workflows/evaluate/evaluate_options.hpp"

#include <fmt/format.h>

namespace lowcal::workflows {

std::string EvaluateOptions::command() const
{
    auto text = "lowcal evaluate --reference " + reference.string();
    for (auto const& candidate : candidates) text += " --candidate " + candidate;
    if (showers > 0) text += fmt::format(" --showers {}", showers);
    if (negative_cells != data::NegativeCells::error)
        text += fmt::format(" --negative-cells {}", data::name_of(negative_cells));
    return text + (halves ? " --halves" : "") + (judge ? "" : " --no-judge") +
           fmt::format(" --seed {}", seed);
}

}  // namespace lowcal::workflows
