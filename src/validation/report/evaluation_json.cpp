#include "validation/report/evaluation_json.hpp"

#include "physics/energy_bins.hpp"
#include "validation/report/json_number.hpp"
#include "validation/report/judge/judge_json.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <span>
#include <vector>

namespace lowcal::validation {
namespace {

Json numbers(physics::Profiles const& profiles, physics::ProfileAxis const& axis)
{
    Json list = Json::array();
    for (std::size_t bin = axis.first; bin < axis.first + axis.bins; ++bin)
        list.push_back(number(profiles[bin]));
    return list;
}

Json sampling_fraction_json(SamplingFractionRow const& row)
{
    return {{"low", row.bin.low},
            {"high", physics::upper_edge(row.bin)},
            {"status", name_of(row.status())},
            {"count", row.reference.count},
            {"candidate_count", row.candidate.count},
            {"reference_mean_energy", number(row.reference.mean_energy)},
            {"mean_energy", number(row.candidate.mean_energy)},
            {"reference_mean", number(row.reference.mean)},
            {"reference_mean_error", number(row.reference.mean_error)},
            {"mean", number(row.candidate.mean)},
            {"mean_error", number(row.candidate.mean_error)},
            {"error", number(row.difference_error)},
            {"ratio", number(row.ratio())},
            {"ratio_error", number(row.ratio_error)},
            {"reference_rms", number(row.reference.rms)},
            {"reference_rms_error", number(row.reference.rms_error)},
            {"rms", number(row.candidate.rms)},
            {"rms_error", number(row.candidate.rms_error)},
            {"rms_ratio", number(row.rms_ratio())},
            {"rms_ratio_error", number(row.rms_ratio_error)}};
}

Json distance_json(Distance const& distance)
{
    return {{"value", number(distance.value)},
            {"error", number(distance.error)},
            {"floor", number(distance.floor)}};
}

Json statistic_json(BinStatistic const& statistic)
{
    return {{"count", statistic.count},
            {"mean", number(statistic.mean)},
            {"mean_error", number(statistic.mean_error)},
            {"rms", number(statistic.rms)},
            {"rms_error", number(statistic.rms_error)}};
}

/// By observable, then a list over the energy bins; a bin without an upper edge holds all.
Json observables_json(Comparison const& comparison)
{
    Json result = Json::object();
    for (auto const& row : comparison.observables)
        result[comparison.set->observables()[row.observable].key].push_back(
            {{"bin", physics::bin_text(row.bin)},
             {"reference", statistic_json(row.reference)},
             {"candidate", statistic_json(row.candidate)},
             {"kolmogorov_smirnov", distance_json(row.kolmogorov_smirnov)},
             {"wasserstein", distance_json(row.wasserstein)},
             {"separation", distance_json(row.separation)}});
    return result;
}

Json effects_json(std::vector<Effect> const& effects)
{
    Json list = Json::array();
    for (auto const& effect : effects)
        list.push_back({{"what", effect.what},
                        {"unit", effect.unit},
                        {"value", number(effect.value)},
                        {"error", number(effect.error)},
                        {"tolerance", effect.tolerance}});
    return list;
}

Json verdict_json(Verdict const& verdict, physics::ObservableSet const& set)
{
    auto const bins = physics::statistics_bins(set.detector());
    Json subjects = Json::array();
    for (auto const& one : verdict.subjects)
        subjects.push_back({{"subject", name_of(one.subject, set).key},
                            {"verdict", name_of(one.answer)},
                            {"sigmas", number(one.strongest.sigmas)},
                            {"adjusted_probability", one.strongest.adjusted_probability},
                            {"test", name_of(one.strongest.test.aspect)},
                            {"bin", physics::bin_text(bins[one.strongest.test.bin])},
                            {"effects", effects_json(one.effects)},
                            {"showers_needed", one.showers_needed}});
    return {{"overall", name_of(verdict.answer)},
            {"threshold_sigmas", number(verdict.threshold)},
            {"level", verdict.level},
            {"showers_needed", verdict.showers_needed},
            {"subjects", subjects}};
}

Json means_json(std::span<MeanWithError const> means)
{
    Json list = Json::array();
    for (auto const& mean : means) list.push_back(number(mean.value));
    return list;
}

Json errors_json(std::span<MeanWithError const> means)
{
    Json list = Json::array();
    for (auto const& mean : means) list.push_back(number(mean.error));
    return list;
}

Json spectrum_json(SpectrumTable const& table, physics::SpectrumBins const& bins)
{
    return {{"log10_low", bins.low},
            {"log10_step", bins.step},
            {"reference_mean", means_json(table.reference)},
            {"reference_mean_error", errors_json(table.reference)},
            {"mean", means_json(table.candidate)},
            {"mean_error", errors_json(table.candidate)}};
}

Json profiles_json(ProfileTable const& table, physics::ObservableSet const& set)
{
    Json profiles;
    for (auto const& axis : set.profile_axes())
        profiles[axis.name] = {{"reference_mean", numbers(table.reference, axis)},
                               {"reference_mean_error", numbers(table.reference_error, axis)},
                               {"mean", numbers(table.candidate, axis)},
                               {"mean_error", numbers(table.candidate_error, axis)}};
    return profiles;
}

/// By quantity, then lists over the layers.
Json layers_json(LayerTable const& table, physics::ObservableSet const& set)
{
    auto const layers = set.detector().layers();
    Json result;
    std::size_t first = 0;
    for (auto const& quantity : set.layer_quantities()) {
        auto const reference = std::span(table.reference).subspan(first, layers);
        auto const candidate = std::span(table.candidate).subspan(first, layers);
        result[quantity.key] = {{"reference_mean", means_json(reference)},
                                {"reference_mean_error", errors_json(reference)},
                                {"mean", means_json(candidate)},
                                {"mean_error", errors_json(candidate)}};
        first += layers;
    }
    return result;
}

Json matrix_json(SquareMatrix const& matrix)
{
    Json rows = Json::array();
    for (std::size_t i = 0; i < matrix.size(); ++i)
        rows.push_back(std::vector<double>(matrix[i].begin(), matrix[i].end()));
    return rows;
}

Json cells_classifier_json(AreaUnderCurve const& found,
                           std::map<std::string, AreaUnderCurve> const& controls)
{
    return {{"area", number(found.area)},
            {"error", number(found.error)},
            {"status", is_believed(found, controls) ? "known" : "too few showers to say"}};
}

Json comparison_json(Comparison const& comparison)
{
    Json rows = Json::array();
    for (auto const& row : comparison.sampling_fraction)
        rows.push_back(sampling_fraction_json(row));
    return {{"count", comparison.candidate_count},
            {"energies", name_of(comparison.energies)},
            {"shape_mse",
             {{"value", number(comparison.shape_mse.value)},
              {"error", number(comparison.shape_mse.error)},
              {"floor", number(comparison.shape_mse.floor)}}},
            {"sampling_fraction", rows},
            {"hits",
             {{"reference_mean", number(comparison.reference_hits.value)},
              {"reference_mean_error", number(comparison.reference_hits.error)},
              {"mean", number(comparison.candidate_hits.value)},
              {"mean_error", number(comparison.candidate_hits.error)}}},
            {"profiles", profiles_json(comparison.profiles, *comparison.set)},
            {"layer_profiles", layers_json(comparison.layers, *comparison.set)},
            {"verdict", verdict_json(comparison.verdict, *comparison.set)},
            {"dropped",
             {{"reference", comparison.reference_dropped},
              {"candidate", comparison.candidate_dropped}}},
            {"frechet", distance_json(comparison.frechet)},
            {"worth_of_a_million", worth_json(comparison)},
            {"memorisation",
             {{"share", number(comparison.memorisation.share)},
              {"expected", number(comparison.memorisation.expected)},
              {"sigmas", number(comparison.memorisation.sigmas)}}},
            {"observables", observables_json(comparison)},
            {"cell_spectrum", spectrum_json(comparison.spectrum, comparison.set->spectrum())},
            {"layer_correlations",
             {{"reference", matrix_json(comparison.reference_correlations)},
              {"candidate", matrix_json(comparison.candidate_correlations)}}},
            {"warnings", comparison.warnings}};
}

Json observable_units(Evaluation const& evaluation)
{
    Json units;
    if (evaluation.comparisons.empty()) return units;
    for (auto const& info : evaluation.comparisons.front().set->observables())
        units[info.key] = info.unit;
    return units;
}

Json layer_units(Evaluation const& evaluation)
{
    Json units;
    if (evaluation.comparisons.empty()) return units;
    for (auto const& quantity : evaluation.comparisons.front().set->layer_quantities())
        units[quantity.key] = quantity.unit;
    return units;
}

Json units_json(Evaluation const& evaluation)
{
    return {{"count", "showers"},
            {"candidate_count", "showers"},
            {"shape_mse", "none (bin content over mean bin content, squared)"},
            {"sampling_fraction",
             {{"low", "GeV"},
              {"high", "GeV"},
              {"mean_energy", "GeV"},
              {"reference_mean_energy", "GeV"},
              {"other", "GeV of cell energy per GeV of primary energy"}}},
            {"hits", "cells above zero per shower"},
            {"observables", observable_units(evaluation)},
            {"wasserstein", "the observable's"},
            {"kolmogorov_smirnov", "none"},
            {"separation", "none"},
            {"frechet", "none (squared spreads)"},
            {"judge", "area under the curve; 0.5: not told apart"},
            {"worth_of_a_million", "reference showers"},
            {"memorisation", "share of the showers"},
            {"cell_spectrum", "cells per shower and bin of log10(energy / GeV)"},
            {"profiles", "GeV of cell energy per GeV of primary energy, per bin"},
            {"layer_profiles", layer_units(evaluation)},
            {"monte_carlo_seconds", "CPU seconds per shower on one core"},
            {"errors", "one standard deviation, bootstrap"}};
}

}  // namespace

std::string evaluation_json(Evaluation const& evaluation)
{
    Json candidates = Json::object();
    for (auto const& comparison : evaluation.comparisons) {
        candidates[comparison.name] = comparison_json(comparison);
        auto& candidate = candidates[comparison.name];
        if (comparison.judgement && evaluation.judge_controls)
            candidate["judge"] = judgement_json(*comparison.judgement, *evaluation.judge_controls);
        if (!evaluation.cells_controls.empty())
            candidate["cells_classifier"] =
                cells_classifier_json(comparison.cells_classifier, evaluation.cells_controls);
    }
    Json controls = Json::object();
    for (auto const& [name, found] : evaluation.cells_controls)
        controls[name] = cells_classifier_json(found, evaluation.cells_controls);
    auto const count =
        evaluation.comparisons.empty() ? 0 : evaluation.comparisons.front().reference_count;
    Json const all = {{"candidates", candidates},
                      {"reference",
                       {{"name", evaluation.reference_name},
                        {"file", evaluation.reference_file},
                        {"count", count},
                        {"monte_carlo_seconds", number(evaluation.monte_carlo_seconds)}}},
                      {"judge_controls", evaluation.judge_controls
                                             ? judge_controls_json(*evaluation.judge_controls)
                                             : Json(nullptr)},
                      {"classifier_controls", controls},
                      {"command", evaluation.command},
                      {"seed", evaluation.seed},
                      {"bootstrap_replicas", evaluation.replicas},
                      {"units", units_json(evaluation)}};
    // A name or path that is not UTF-8 must not stop the report.
    return all.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace lowcal::validation
