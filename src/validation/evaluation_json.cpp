#include "validation/evaluation_json.hpp"

#include <nlohmann/json.hpp>

#include <cmath>

namespace lowcal::validation {
namespace {

using Json = nlohmann::ordered_json;

/// JSON knows neither NaN nor infinity.
Json number(double value)
{
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}

Json numbers(Profiles const& profiles, ProfileAxis const& axis)
{
    Json list = Json::array();
    for (std::size_t bin = axis.first; bin < axis.first + axis.bins; ++bin)
        list.push_back(number(profiles[bin]));
    return list;
}

Json sampling_fraction_json(SamplingFractionRow const& row)
{
    return {{"low", row.bin.low},
            {"high", row.bin.high},
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

Json profiles_json(ProfileTable const& table)
{
    Json profiles;
    for (auto const& axis : profile_axes)
        profiles[axis.name] = {{"reference_mean", numbers(table.reference, axis)},
                               {"reference_mean_error", numbers(table.reference_error, axis)},
                               {"mean", numbers(table.candidate, axis)},
                               {"mean_error", numbers(table.candidate_error, axis)}};
    return profiles;
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
            {"profiles", profiles_json(comparison.profiles)},
            {"warnings", comparison.warnings}};
}

Json units_json()
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
            {"profiles", "GeV of cell energy per GeV of primary energy, per bin"},
            {"monte_carlo_seconds", "CPU seconds per shower on one core"},
            {"errors", "one standard deviation, bootstrap"}};
}

}  // namespace

std::string evaluation_json(Evaluation const& evaluation)
{
    Json candidates = Json::object();
    for (auto const& comparison : evaluation.comparisons)
        candidates[comparison.name] = comparison_json(comparison);
    auto const count =
        evaluation.comparisons.empty() ? 0 : evaluation.comparisons.front().reference_count;
    Json const all = {{"candidates", candidates},
                      {"reference",
                       {{"name", evaluation.reference_name},
                        {"file", evaluation.reference_file},
                        {"count", count},
                        {"monte_carlo_seconds", number(evaluation.monte_carlo_seconds)}}},
                      {"command", evaluation.command},
                      {"seed", evaluation.seed},
                      {"bootstrap_replicas", evaluation.replicas},
                      {"units", units_json()}};
    // A name or path that is not UTF-8 must not stop the report.
    return all.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace lowcal::validation
