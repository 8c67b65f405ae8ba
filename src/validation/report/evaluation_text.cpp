#include "validation/report/evaluation_text.hpp"

#include "physics/energy_bins.hpp"
#include "validation/report/judge/judge_text.hpp"
#include "validation/report/text_cells.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace lowcal::validation {
namespace {

constexpr std::size_t widest_name = 28;

std::string or_dash(double value, int digits)
{
    return std::isfinite(value) ? fmt::format("{:.{}f}", value, digits) : "-";
}

/// A difference in percent, with its sign.
std::string shift_text(double ratio, double error)
{
    if (!std::isfinite(ratio)) return "-";
    auto text = fmt::format("{:+.2f}", 100 * (ratio - 1));
    if (std::isfinite(error)) text += fmt::format(" ± {:.2f}", 100 * error);
    return text;
}

std::string shape_table(Evaluation const& evaluation)
{
    auto text = fmt::format("Shape of the mean shower against {}\n\n",
                            shortened(evaluation.reference_name, widest_name));
    text += fmt::format("  {:<28} {:>9} {:>20} {:>10} {:>20}\n", "candidate", "showers",
                        "shape MSE", "floor", "cells above zero");
    for (auto const& one : evaluation.comparisons)
        text += fmt::format("  {:<28} {:>9} {:>20} {:>10} {:>20}\n",
                            shortened(one.name, widest_name), one.candidate_count,
                            with_error(one.shape_mse.value, one.shape_mse.error, 5),
                            or_dash(one.shape_mse.floor, 5),
                            with_error(one.candidate_hits.value, one.candidate_hits.error, 1));
    if (evaluation.comparisons.empty()) return text;
    auto const& any = evaluation.comparisons.front();
    text += fmt::format("  {:<28} {:>9} {:>20} {:>10} {:>20}\n",
                        shortened(evaluation.reference_name, widest_name), any.reference_count, "",
                        "", with_error(any.reference_hits.value, any.reference_hits.error, 1));
    return text + "\n  floor: what two reference samples of these sizes differ by on average\n";
}

std::string sampling_fraction_line(SamplingFractionRow const& row)
{
    auto const& [real, fast] = std::pair(row.reference, row.candidate);
    return fmt::format(
        "  {:>9} {:>7} {:>7} {:>9} {:>9} {:>14} {:>7} {:>7} {:>13}{}\n", physics::bin_text(row.bin),
        real.count, fast.count, or_dash(100 * real.mean, 4), or_dash(100 * fast.mean, 4),
        shift_text(row.ratio(), row.ratio_error), or_dash(100 * real.rms, 4),
        or_dash(100 * fast.rms, 4), with_error(row.rms_ratio(), row.rms_ratio_error, 3),
        row.status() == BinStatus::filled ? std::string()
                                          : fmt::format(" {}", name_of(row.status())));
}

std::string sampling_fraction_table(Evaluation const& evaluation, Comparison const& comparison)
{
    auto text =
        fmt::format("\nSampling fraction (sum of cells / primary energy): {} against {}\n\n",
                    shortened(comparison.name, widest_name),
                    shortened(evaluation.reference_name, widest_name - 8));
    text += fmt::format("  {:>9} {:^15} {:^34} {:>26}\n", "energy", "showers", "mean [%]",
                        "standard deviation [%]");
    text +=
        fmt::format("  {:>9} {:>7} {:>7} {:>9} {:>9} {:>14} {:>7} {:>7} {:>13}\n", "[GeV]", "ref.",
                    "cand.", "reference", "candidate", "shift [%]", "ref.", "cand.", "ratio");
    for (auto const& row : comparison.sampling_fraction) text += sampling_fraction_line(row);
    return text;
}

std::string narrow_shift(SamplingFractionRow const& row)
{
    if (!std::isfinite(row.ratio())) return "-";
    auto const shift = fmt::format("{:+.2f}", 100 * (row.ratio() - 1));
    return std::isfinite(row.ratio_error) ? shift + fmt::format("±{:.2f}", 100 * row.ratio_error)
                                          : shift;
}

/// One line a candidate: by how much its mean sampling fraction is off in each bin.
std::string sampling_fraction_summary(Evaluation const& evaluation)
{
    if (evaluation.comparisons.size() < 2) return "";
    auto text = fmt::format("\nMean sampling fraction, shift against {} [%], energies in GeV\n\n",
                            shortened(evaluation.reference_name, widest_name)) +
                fmt::format("  {:<20}", "candidate");
    for (auto const& row : evaluation.comparisons.front().sampling_fraction)
        text += fmt::format(" {:>10}", physics::bin_text(row.bin));
    for (auto const& one : evaluation.comparisons) {
        text += fmt::format("\n  {:<20}", shortened(one.name, 20));
        for (auto const& row : one.sampling_fraction)
            text += fmt::format(" {:>10}", narrow_shift(row));
    }
    return text + "\n";
}

std::string effect_text(Effect const& effect)
{
    if (!std::isfinite(effect.value)) return "-";
    auto text = fmt::format("{:+.2f} ± {:.2f}", effect.value, effect.error);
    return effect.unit.empty() ? text : text + " " + effect.unit;
}

/// The effect that the strongest test is about.
std::string main_effect(SubjectVerdict const& one)
{
    if (one.effects.empty()) return "-";
    bool const spread = one.strongest.test.aspect == Aspect::spread && one.effects.size() > 1;
    return effect_text(one.effects[spread ? 1 : 0]);
}

std::string subject_line(SubjectVerdict const& one, physics::ObservableSet const& set)
{
    auto const bins = physics::statistics_bins(set.detector());
    return fmt::format("  {:<31}{:<15}{:>7.1f}  {:<11} {:<9} {}\n", name_of(one.subject, set).name,
                       name_of(one.answer), one.strongest.sigmas,
                       name_of(one.strongest.test.aspect),
                       physics::bin_text(bins[one.strongest.test.bin]), main_effect(one));
}

std::string verdict_table(Comparison const& comparison)
{
    auto const& verdict = comparison.verdict;
    auto text = fmt::format("\nVerdict on {}: {}", shortened(comparison.name, widest_name),
                            name_of(verdict.answer));
    if (verdict.answer == Answer::too_few && verdict.showers_needed > 0)
        text += fmt::format(" (about {} of each sample would do)", verdict.showers_needed);
    text += fmt::format("\n  (chance alone reaches {:.1f} sigmas in {:g} % of cases)\n\n",
                        verdict.threshold, 100 * verdict.level);
    text += fmt::format("  {:<31}{:<15}{:>7}  {:<11} {:<9} {}\n", "", "verdict", "sigmas", "in",
                        "[GeV]", "size, all energies");
    for (auto const& one : verdict.subjects) text += subject_line(one, *comparison.set);
    return text;
}

std::string classifier_line(std::string const& name, AreaUnderCurve const& found,
                            std::map<std::string, AreaUnderCurve> const& controls)
{
    return fmt::format("  {:<28} {}{}\n", shortened(name, widest_name),
                       with_error(found.area, found.error, 3),
                       is_believed(found, controls) ? "" : " (too few showers to say)");
}

/// Of the network that sees cells: 0.5 where it cannot tell candidate from reference.
std::string classifier_table(Evaluation const& evaluation)
{
    if (evaluation.cells_controls.empty()) return "";
    std::string text = "\nClassifier on cells, area under the curve\n\n";
    for (auto const& one : evaluation.comparisons)
        if (std::isfinite(one.cells_classifier.area))
            text += classifier_line(one.name, one.cells_classifier, evaluation.cells_controls);
    for (auto const& [name, found] : evaluation.cells_controls)
        text += classifier_line("control: " + name, found, evaluation.cells_controls);
    return text;
}

}  // namespace

std::string evaluation_text(Evaluation const& evaluation)
{
    auto text = shape_table(evaluation) + sampling_fraction_summary(evaluation);
    for (auto const& comparison : evaluation.comparisons)
        text += verdict_table(comparison) + sampling_fraction_table(evaluation, comparison);
    for (auto const& one : evaluation.comparisons)
        if (std::isfinite(one.memorisation.share))
            text += fmt::format(
                "\nMemory: {:.1f} % of {} lie closer to a training shower than all but {:.1f} % of "
                "the\nreference ({:+.1f} sigmas)\n",
                100 * one.memorisation.share, shortened(one.name, 20),
                100 * one.memorisation.expected, one.memorisation.sigmas);
    text += judge_text(evaluation) + classifier_table(evaluation);
    text += fmt::format("\nErrors: one standard deviation, bootstrap of {} replicas, seed {}.\n",
                        evaluation.replicas, evaluation.seed);
    for (auto const& comparison : evaluation.comparisons)
        for (auto const& warning : comparison.warnings)
            text += fmt::format("Warning: {}: {}.\n", comparison.name, warning);
    return text;
}

}  // namespace lowcal::validation
