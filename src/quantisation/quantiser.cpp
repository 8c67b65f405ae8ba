#include "quantisation/quantiser.hpp"

#include "core/error.hpp"
#include "graph/shapes/batch_axis.hpp"
#include "quantisation/division/division_quantiser.hpp"
#include "quantisation/form/canonical_form.hpp"
#include "quantisation/form/equalise.hpp"
#include "quantisation/plan/layer_notes.hpp"
#include "quantisation/scales/bias_correction.hpp"
#include "quantisation/scales/match_means.hpp"
#include "quantisation/scales/match_response.hpp"
#include "quantisation/store_as.hpp"

namespace lowcal::quantisation {
namespace {

Int8Plan plan_for(graph::Graph const& canonical, Quantiser::Config const& config)
{
    auto plan = plan_int8(canonical,
                          {.least_channels = config.least_channels, .fallbacks = config.fallbacks});
    if (config.placement == Placement::portable) add_values_within_blocks(plan, canonical);
    return plan;
}

}  // namespace

Placement parse_placement(std::string_view name)
{
    if (name == "blocks") return Placement::blocks;
    if (name == "portable") return Placement::portable;
    throw InputError("unknown placement '" + std::string(name) + "'", "known: blocks, portable");
}

WeightRounding parse_weight_rounding(std::string_view name)
{
    if (name == "nearest") return WeightRounding::nearest;
    if (name == "compensated") return WeightRounding::compensated;
    throw InputError("unknown rounding '" + std::string(name) + "'", "known: nearest, compensated");
}

std::string_view name_of(Placement placement)
{
    return placement == Placement::blocks ? "blocks" : "portable";
}

Quantiser::Quantiser(graph::Graph network, NetworkRunner const& runner)
    : network_(with_float32_weights(std::move(network))), runner_(runner)
{
    refuse_quantised(network_);
    if (auto const batch = graph::fixed_batch(network_); batch.value_or(1) != 1)
        throw InputError("cannot quantise network '" + network_.name + "'",
                         "its batch is fixed to " + std::to_string(*batch),
                         "export it with a free batch, or one of 1");
}

/// With absolute scales from where no others are possible.
graph::Graph Quantiser::canonical_of(Config const& config)
{
    remark_.clear();
    auto absolute = config.canonical;
    absolute.unit = ActivationUnit::absolute;
    if (config.canonical.unit == ActivationUnit::absolute)
        return canonical_form(network_, absolute).graph;
    if (!scales_with_energy(network_)) {
        remark_ = "no noise is multiplied by the primary energy: activations have absolute scales";
        return canonical_form(network_, absolute).graph;
    }
    auto form = canonical_form(network_, config.canonical);
    if (!form.absolute_from.empty())
        remark_ = "activations are divided by the primary energy up to " + form.absolute_from +
                  " (it is not homogeneous); from there they have absolute scales";
    return std::move(form.graph);
}

Quantiser::Calibration const& Quantiser::calibration(Config const& config)
{
    std::tuple const key(config.canonical.energy_offset, config.canonical.unit, config.equalisation,
                         config.placement, config.rounding);
    if (auto const found = calibrations_.find(key); found != calibrations_.end())
        return found->second;
    if (has_divisions(network_))  // which are their own canonical form
        return calibrations_.emplace(key, Calibration{.canonical = network_, .statistics = {}})
            .first->second;
    auto all_int8 = config;
    all_int8.fallbacks.clear();
    Calibration made{.canonical = canonical_of(config), .statistics = {}};
    plan_for(made.canonical, config);  // throws before showers are made where it names no layer
    auto const plan = plan_for(made.canonical, all_int8);
    if (config.equalisation > 0)
        made.canonical = equalise_channels(made.canonical, plan, runner_, config.equalisation);
    made.canonical =
        equalise_branches(made.canonical, plan, calibrate(made.canonical, plan, runner_));
    made.statistics = calibrate(made.canonical, plan, runner_);
    if (config.rounding == WeightRounding::compensated)
        made.products = input_products(made.canonical, plan, runner_);
    return calibrations_.emplace(key, std::move(made)).first->second;
}

Int8Plan Quantiser::plan(Config const& config)
{
    if (has_divisions(network_))
        throw InputError("cannot plan the layers of network '" + network_.name + "'",
                         "it divides layers, all of which become int8");
    return plan_for(canonical(config), config);
}

Int8Network Quantiser::operator()(Config const& config)
{
    if (has_divisions(network_)) {
        Config const usual{};
        if (!config.fallbacks.empty() || config.equalisation != usual.equalisation ||
            config.correct_means != usual.correct_means ||
            config.rounding != WeightRounding::nearest || config.placement != Placement::blocks ||
            config.float32_storage != graph::ElementType::float32)
            throw InputError(
                "cannot choose how layers of network '" + network_.name + "' are quantised",
                "it divides layers, which is done in one way");
        auto result = quantise_divisions(network_, runner_);
        remark_ = result.remark;
        result.graph.metadata[layer_notes_key] = layer_notes(result.layers);
        return result;
    }
    auto const& [canonical, statistics, products] = calibration(config);
    auto const plan = plan_for(canonical, config);
    RewriteConfig rewrite{.range = config.range, .products = &products};
    if (config.correct_means)
        rewrite.corrections = correct_biases(canonical, plan, statistics, rewrite, runner_);
    auto result = rewrite_int8(canonical, plan, statistics, rewrite);
    if (plan.groups.empty())
        remark_ = "no layer computes in int8, weights are stored so: " + plan.layers.front().reason;
    if (config.correct_means) {
        result.response_factor = match_response(result, canonical, runner_);
        match_means(result, canonical, runner_);
    }
    if (config.float32_storage != graph::ElementType::float32)
        result.graph = with_stored_weights(std::move(result.graph), config.float32_storage);
    result.graph.metadata[layer_notes_key] = layer_notes(result.layers);
    return result;
}

}  // namespace lowcal::quantisation
