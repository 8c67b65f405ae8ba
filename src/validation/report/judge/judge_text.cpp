#include "validation/report/judge/judge_text.hpp"

#include "physics/energy_bins.hpp"
#include "validation/report/text_cells.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace lowcal::validation {
namespace {

std::string area_text(AreaUnderCurve const& area)
{
    return with_error(area.area, area.error, 3);
}

std::string groups_text(Judgement const& judgement)
{
    std::string text;
    for (auto const& group : judgement.groups)
        text += fmt::format("    {:<34} {}\n", group.name, area_text(group.area));
    return text;
}

std::string bins_text(Judgement const& judgement)
{
    std::string text;
    for (auto const& bin : judgement.bins)
        if (std::isfinite(bin.area.area))
            text += fmt::format("    {:<34} {}\n", physics::bin_text(bin.bin) + " GeV",
                                area_text(bin.area));
    return text;
}

std::string judgement_text(Comparison const& comparison, Evaluation const& evaluation)
{
    auto const& judgement = *comparison.judgement;
    auto text = fmt::format("\n  {:<30} {:>6} {}: {} (labels shuffled: {})\n",
                            shortened(comparison.name, 28), "", area_text(judgement.area),
                            name_of(answer_of(judgement, *evaluation.judge_controls)),
                            area_text(judgement.shuffled));
    text += groups_text(judgement) + bins_text(judgement);
    auto const worth = worth_text(comparison, shortened(evaluation.reference_name, 28));
    return worth.empty() ? text : text + "    " + worth + "\n";
}

/// A number of showers with two digits, or the least it can be.
std::string showers_text(EquivalentShowers const& worth)
{
    double const unit = std::pow(10, std::floor(std::log10(worth.showers)) - 1);
    return fmt::format("{}{:.0f}", worth.is_limit ? "at least " : "",
                       std::round(worth.showers / unit) * unit);
}

}  // namespace

std::string seen_text(ControlAreas const& control)
{
    if (auto const showers = control.seen_at())
        return fmt::format("seen from {} showers on", *showers);
    return fmt::format("not seen with {} showers",
                       control.sizes.empty() ? 0 : control.sizes.back().showers);
}

std::string worth_text(Comparison const& comparison, std::string const& reference_name)
{
    auto worth = comparison.worth;
    if (worth.empty()) return {};
    std::ranges::stable_sort(worth, {}, &EquivalentShowers::showers);
    auto const& middle = worth[worth.size() / 2];
    auto const name = [&](EquivalentShowers const& one) {
        return comparison.set->observables()[one.observable].name;
    };
    return fmt::format("a million are worth {} {} showers ({}); in the middle {} ({})",
                       showers_text(worth.front()), reference_name, name(worth.front()),
                       showers_text(middle), name(middle));
}

std::string judge_text(Evaluation const& evaluation)
{
    if (!evaluation.judge_controls) return {};
    auto const& controls = *evaluation.judge_controls;
    auto text = fmt::format(
        "\nJudge: boosted trees tell showers from {}; area under the curve, 0.5: not at all\n",
        shortened(evaluation.reference_name, 28));
    for (auto const& comparison : evaluation.comparisons)
        if (comparison.judgement) text += judgement_text(comparison, evaluation);
    text += fmt::format("\n  {:<30} {:>6} {}\n", "control: one half, the other",
                        controls.half_count, area_text(controls.halves));
    for (auto const& control : controls.worsened)
        for (auto const& size : control.sizes) {
            bool const last = &size == &control.sizes.back();
            text += fmt::format("  {:<30} {:>6} {}{}\n", last ? control.name : "", size.showers,
                                area_text(size.area), last ? ": " + seen_text(control) : "");
        }
    return text;
}

}  // namespace lowcal::validation
