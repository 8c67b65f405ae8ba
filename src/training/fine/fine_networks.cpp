#include "training/fine/fine_networks.hpp"

#include "core/error.hpp"
#include "training/fine/layer_memory.hpp"
#include "training/likelihood/leaky.hpp"

#include <torch/torch.h>

#include <cmath>
#include <functional>
#include <tuple>

namespace lowcal::training {
namespace {

using graph::division_features;
using graph::layers_before;
using graph::own_hits;
using graph::place_numbers;
using graph::root_width;

/// Which of the layers' features are of the layer's own hits.
constexpr std::int64_t first_own_hits = 2 * graph::layers_around + 1;
constexpr std::int64_t most_hits_for_unit = 1 << 20;
/// Added to usual hits and shares of the energy of blocks, so that odds are finite.
constexpr double least_usual_hits = 1e-4;
constexpr double least_usual_share = 1e-7;

/// Of `components`, the first `count` begin side by side, so that each finds its own part.
void start_side_by_side(Dense const& dense, std::int64_t components, std::int64_t count)
{
    torch::NoGradGuard const no_gradient;
    dense->weight.mul_(0.1);
    dense->bias.narrow(0, components, count).copy_(torch::linspace(-0.3, 0.3, count));
    dense->bias.narrow(0, 3 * components, graph::followed_odds)
        .copy_(torch::tensor({0.5, 0.2, 0.0}));
}

/// Columns of zeros among the weights of a first layer, in front of column `at`.
torch::Tensor with_columns(torch::Tensor const& weights, std::int64_t at, std::int64_t count)
{
    return torch::cat({weights.narrow(1, 0, at), torch::zeros({weights.size(0), count}),
                       weights.narrow(1, at, weights.size(1) - at)},
                      1);
}

std::string division_name(std::size_t stage, graph::SplitNetworkConfig::Division const& form)
{
    return (form.of_single ? "single" : "stage") + std::to_string(stage) + "_" +
           std::to_string(form.pass);
}

torch::Tensor columns_of(std::initializer_list<torch::Tensor> columns)
{
    return torch::stack(std::vector<torch::Tensor>(columns), 1);
}

}  // namespace

DivisionImpl::DivisionImpl(graph::SplitNetworkConfig const& config, graph::SplitStage const& stage,
                           graph::SplitNetworkConfig::Division const& form)
    : columns_(stage.parents.columns)
{
    places_ =
        register_parameter("places", 0.05 * torch::randn({stage.parents.count(), place_numbers}));
    layers_ =
        register_parameter("layers", 0.05 * torch::randn({config.layers, graph::layer_numbers}));
    auto const inputs = config.features(form.pass) + place_numbers + graph::layer_numbers;
    auto const trunk = form.of_single ? config.single : config.trunk;
    first_ = register_module("first", Dense(inputs, trunk));
    second_ = register_module("second", Dense(trunk, trunk));
    hits_ = register_module("hits",
                            Dense(trunk, mixture_numbers(hit_components) + graph::followed_odds));
    start_side_by_side(hits_, hit_components, hit_components);
    if (form.of_single) return;
    inner_ = register_module("inner", Dense(config.trunk + division_features, config.energy));
    energy_ = register_module(
        "energy", Dense(config.energy, mixture_numbers(energy_components) + graph::followed_odds));
    start_side_by_side(energy_, energy_components, graph::odds_components);
    // Anchored components begin rare and narrow.
    torch::NoGradGuard const no_gradient;
    constexpr auto of_odds = graph::odds_components;
    constexpr auto anchored = energy_components - of_odds;
    energy_->bias.narrow(0, of_odds, anchored).fill_(-2.0);
    energy_->bias.narrow(0, 2 * energy_components + of_odds, anchored).fill_(-2.5);
}

torch::Tensor DivisionImpl::trunk(torch::Tensor const& features, BlockIndex const& blocks)
{
    auto const place = blocks.row * columns_ + blocks.column;
    // What is learnt of places and layers goes through its part of the first layer before it is
    // spread over the blocks.
    auto const parts =
        first_->weight.split_with_sizes({features.size(1), place_numbers, graph::layer_numbers}, 1);
    auto const of_places = torch::matmul(places_, parts[1].t());
    auto const of_layers = torch::matmul(layers_, parts[2].t());
    auto const first = torch::addmm(first_->bias, features, parts[0].t()) +
                       of_places.index_select(0, place) + of_layers.index_select(0, blocks.layer);
    auto const inner = leaky(first);
    auto const trunk = leaky(second_->forward(inner));
    if (recorded_) {
        recorded_->first.add(inner);
        recorded_->second.add(trunk);
    }
    return trunk;
}

torch::Tensor DivisionImpl::hit_numbers(torch::Tensor const& trunk)
{
    return hits_->forward(trunk);
}

torch::Tensor DivisionImpl::energy_numbers(torch::Tensor const& trunk, torch::Tensor const& first,
                                           torch::Tensor const& second)
{
    auto const flag = [&](torch::Tensor const& condition) {
        return condition.to(trunk.scalar_type());
    };
    auto const division = columns_of({torch::log1p(first), torch::log1p(second),
                                      torch::log((first + 0.5) / (second + 0.5)), flag(first == 1),
                                      flag(second == 1), flag(first == second)});
    auto const inner = leaky(inner_->forward(torch::cat({trunk, division}, 1)));
    if (recorded_) recorded_->inner.add(inner);
    return energy_->forward(inner);
}

std::map<std::string, torch::Tensor> DivisionImpl::narrowed(std::int64_t trunk,
                                                            std::int64_t energy) const
{
    auto const of = [](Dense const& dense) {
        return LinearLayer{.weight = dense->weight.detach(), .bias = dense->bias.detach()};
    };
    auto const rows = [](LinearLayer const& layer, torch::Tensor const& kept) {
        return LinearLayer{.weight = layer.weight.index_select(0, kept),
                           .bias = layer.bias.index_select(0, kept)};
    };
    std::map<std::string, torch::Tensor> all{{"places", places_.detach()},
                                             {"layers", layers_.detach()}};
    auto const add = [&](std::string const& name, LinearLayer const& layer) {
        all[name + ".weight"] = layer.weight;
        all[name + ".bias"] = layer.bias;
    };
    auto const own_trunk = first_->bias.size(0);
    auto const of_first = recorded_->first.products(own_trunk);
    auto const kept_first = kept_numbers(of_first, {second_->weight.detach()}, trunk);
    add("first", rows(of(first_), kept_first));

    auto const of_trunk = recorded_->second.products(own_trunk);
    std::vector<torch::Tensor> behind{hits_->weight.detach()};
    if (inner_) behind.push_back(inner_->weight.detach().narrow(1, 0, own_trunk));
    auto const kept_trunk = kept_numbers(of_trunk, behind, trunk);
    add("second", rows(fitted(of_first, kept_first, of(second_)), kept_trunk));
    add("hits", fitted(of_trunk, kept_trunk, of(hits_)));
    if (!inner_) return all;

    auto const own_energy = inner_->bias.size(0);
    auto const of_inner = recorded_->inner.products(own_energy);
    auto const kept_inner = kept_numbers(of_inner, {energy_->weight.detach()}, energy);
    auto inner =
        fitted(of_trunk, kept_trunk, {.weight = behind.back(), .bias = inner_->bias.detach()});
    inner.weight = torch::cat(
        {inner.weight, inner_->weight.detach().narrow(1, own_trunk, division_features)}, 1);
    add("inner", rows(inner, kept_inner));
    add("energy", fitted(of_inner, kept_inner, of(energy_)));
    return all;
}

FineGeneratorImpl::FineGeneratorImpl(ShowerGeometry const& geometry, FineWidths const& widths)
    : geometry_(geometry), widths_(widths), tree_(graph::split_tree(geometry.detector))
{
    head = register_module("head", EnergyHead(geometry));
    units_ = register_buffer("units", torch::ones({2}, torch::kFloat64));
    anchors_ = register_buffer("anchors", torch::zeros({graph::anchored_components}));
    usual_shapes_ = register_buffer(
        "usual_shapes",
        torch::zeros({geometry.layers(), graph::shape_regressors, graph::usual_shapes}));
    cell_centres_ =
        register_buffer("cell_centres", torch::tensor(graph::cell_centres(form()))
                                            .view({tree_.lead.rows + tree_.cells.rows,
                                                   tree_.lead.columns + tree_.cells.columns, 2}));
    layer_numbers_ = register_parameter(
        "layer_numbers", 0.05 * torch::randn({geometry.layers(), graph::layer_numbers}));
    root_first_ = register_module("root_first", Dense(form().root_inputs(), root_width));
    root_second_ = register_module("root_second", Dense(root_width, root_width));
    root_ = register_module("root", Dense(root_width, mixture_numbers(hit_components)));
    features_.reserve(tree_.stages.size());
    for (std::size_t s = 0; s < tree_.stages.size(); ++s) {
        features_.emplace_back(tree_, s, geometry_);
        auto const grid = tree_.stages[s].parents;
        auto const odds = [&](char const* name) {
            return register_buffer("usual_" + std::string(name) + std::to_string(s),
                                   torch::zeros({geometry.layers(), grid.rows, grid.columns}));
        };
        usual_.push_back({.hits = odds("hits"), .energy = odds("energy")});
        auto& divisions = divisions_.emplace_back();
        for (auto const& one : form().divisions(tree_.stages[s]))
            divisions.push_back(register_module((one.of_single ? "single" : "stage") +
                                                    std::to_string(s) + "_" +
                                                    std::to_string(one.pass),
                                                Division(form(), tree_.stages[s], one)));
    }
}

SplitUnits FineGeneratorImpl::units() const
{
    auto const numbers = units_.to(torch::kCPU);
    return {.energy = numbers[0].item<double>(), .least = numbers[1].item<double>()};
}

void FineGeneratorImpl::start_from_showers(torch::Tensor const& images, torch::Tensor const& energy)
{
    torch::NoGradGuard const no_gradient;
    auto hits = images.masked_select(images > 0).to(torch::kCPU);
    if (hits.size(0) > most_hits_for_unit)
        hits = hits.index_select(0, torch::randint(hits.size(0), {most_hits_for_unit}));
    constexpr double mev_per_gev = 1e3;
    units_[0] = unit_share * hits.median().item<double>();
    // What the detector says, or the faintest hit where it says nothing.
    auto const smallest = geometry_.detector.smallest_cell * mev_per_gev / geometry_.cell_unit;
    units_[1] = smallest > 0 ? smallest : hits.min().item<double>();
    find_anchors(hits);
    auto const cells = torch::constant_pad_nd(images, {tree_.lead.columns, 0, tree_.lead.rows, 0});
    auto const entry = torch::zeros({images.size(0), 2}, images.options());  // on the average
    usual_shapes_.copy_(
        find_usual_shapes(layer_shapes(cells, cell_centres_, entry), images.sum({2, 3}), units()));
    auto const shares = images / energy.view({-1, 1, 1, 1});
    set_usual_odds((images > 0).to(images.scalar_type()).mean(0, true), &UsualOdds::hits,
                   least_usual_hits);
    set_usual_odds(shares.mean(0, true) / shares.sum() * static_cast<double>(images.size(0)),
                   &UsualOdds::energy, least_usual_share);
}

/// A line, the usual energy, and one that three of four hits exceed: as logarithms beyond the
/// least.
void FineGeneratorImpl::find_anchors(torch::Tensor const& hits)
{
    constexpr std::int64_t bins = 400;
    constexpr std::int64_t around = 5;  ///< bins on either side that a line rises from
    auto const beyond =
        torch::log((hits - units().least).clamp_min(graph::excess_offset * units().least));
    double const low = beyond.min().item<double>();
    double const width = (beyond.max().item<double>() - low) / bins;
    auto const counts = torch::histc(beyond, bins);
    auto const near = counts.unfold(0, 2 * around + 1, 1);
    auto const usual = std::get<0>(near.median(1));
    auto const rise =
        (counts.narrow(0, around, bins - 2 * around) - usual) / torch::sqrt(usual + 1.0);
    auto const centre = [&](torch::Tensor const& bin) {
        return low + (bin.item<double>() + 0.5) * width;
    };
    anchors_[0] = centre(rise.argmax() + around);
    constexpr std::int64_t coarse = 10;  // bins of one: without its noise
    anchors_[1] =
        centre(counts.view({bins / coarse, coarse}).sum(1).argmax() * coarse + coarse / 2);
    anchors_[2] = beyond.quantile(0.25).item<double>();
}

void FineGeneratorImpl::set_usual_odds(torch::Tensor const& image, torch::Tensor UsualOdds::*member,
                                       double least)
{
    auto level = torch::constant_pad_nd(image, {tree_.lead.columns, 0, tree_.lead.rows, 0});
    for (std::size_t s = tree_.stages.size(); s-- > 0;) {
        auto const& stage = tree_.stages[s];
        std::int64_t const axis = stage.by_rows() ? 2 : 3;
        auto const first = level.slice(axis, 0, c10::nullopt, 2);
        auto second = level.slice(axis, 1, c10::nullopt, 2);
        if (second.size(axis) < first.size(axis))
            second = torch::constant_pad_nd(second, stage.by_rows()
                                                        ? std::vector<std::int64_t>{0, 0, 0, 1}
                                                        : std::vector<std::int64_t>{0, 1});
        (usual_[s].*member).copy_(torch::log((first + least) / (second + least)).squeeze(0));
        level = merged(level, stage);
    }
}

Mixture FineGeneratorImpl::layer_hits(torch::Tensor const& layer_features,
                                      torch::Tensor const& hits, torch::Tensor const& shower,
                                      torch::Tensor const& layer)
{
    auto const row = layer_features.index({shower, layer});
    auto const before = torch::log1p(torch::constant_pad_nd(hits, {graph::remembered_hits, 0}));
    auto const others = torch::cat(
        {row.narrow(1, 0, first_own_hits),
         row.narrow(1, first_own_hits + own_hits, row.size(1) - first_own_hits - own_hits)},
        1);
    auto const remembered =
        columns_of({before.index({shower, layer + (graph::remembered_hits - 1)}),
                    before.index({shower, layer})});
    auto const all = torch::cat({others, remembered, layer_numbers_.index_select(0, layer)}, 1);
    auto const inner = leaky(root_second_->forward(leaky(root_first_->forward(all))));
    return root_mixture(root_->forward(inner));
}

FineGeneratorImpl::Loss FineGeneratorImpl::loss(torch::Tensor const& images, LayerFacts facts)
{
    auto const levels = split_levels(images, tree_);
    facts.energy = levels.front().energy.flatten(1);
    facts.hits = levels.front().hits.flatten(1);
    auto const beyond = beyond_usual(layer_shapes(levels.back().energy, cell_centres_, facts.entry),
                                     usual_shapes(usual_shapes_, facts.energy, units()));
    facts.hits_beyond = beyond.select(2, 0);
    facts.memory = memory_of(beyond, facts.energy, units());
    facts.development = widths_.development;
    SplitSurroundings surroundings{.parents = {},
                                   .children = {},
                                   .layers = layer_features(facts, units()),
                                   .entry = facts.entry};
    auto const hit_layers = (facts.hits > 0).nonzero().t().contiguous();
    auto const hits = facts.hits.index({hit_layers[0], hit_layers[1]});
    auto const low = torch::log(hits - 0.5).masked_fill(hits <= 1, -INFINITY);
    auto const mixture = layer_hits(surroundings.layers, facts.hits, hit_layers[0], hit_layers[1]);
    Loss loss{.hits_of_layers = -log_mass(mixture, low, torch::log(hits + 0.5)).sum(),
              .hits = torch::zeros({}, images.options()),
              .energies = torch::zeros({}, images.options())};
    for (std::size_t s = 0; s < tree_.stages.size(); ++s) {
        surroundings.usual = usual_[s];
        add_stage_loss(s, levels, surroundings, loss);
    }
    auto const showers = static_cast<double>(images.size(0));
    return {.hits_of_layers = loss.hits_of_layers / showers,
            .hits = loss.hits / showers,
            .energies = loss.energies / showers};
}

void FineGeneratorImpl::add_stage_loss(std::size_t s, std::vector<SplitLevel> const& levels,
                                       SplitSurroundings surroundings, Loss& loss)
{
    auto const& stage = tree_.stages[s];
    auto const unit = units();
    surroundings.parents = around(levels[s], unit, geometry_);
    surroundings.children = around(levels[s + 1], unit, geometry_, layers_before);
    if (stage.passes == 2) surroundings.known = around_known(levels[s + 1], stage, unit, geometry_);
    auto const forms = form().divisions(stage);
    for (std::size_t d = 0; d < forms.size(); ++d) {
        auto const blocks = divided_blocks(levels[s].hits, stage, forms[d], widths_.single > 0);
        if (blocks.count() == 0) continue;
        auto const energy = block_values(levels[s].energy, blocks);
        auto const hits = block_values(levels[s].hits, blocks);
        auto const places = children_of(stage, blocks);
        auto const first =
            levels[s + 1].hits.index({blocks.shower, blocks.layer, places.row, places.column});
        auto const first_energy =
            levels[s + 1].energy.index({blocks.shower, blocks.layer, places.row, places.column});
        auto const second_energy = levels[s + 1].energy.index(
            {blocks.shower, blocks.layer, places.other_row, places.other_column});
        auto division = divisions_[s][d];
        auto const views = features_[s](surroundings, blocks, energy, hits, unit, forms[d].pass);
        auto const trunk = division->trunk(views.features, blocks);
        auto const bounds = hit_bounds(tree_, stage, blocks, hits);
        auto const free = bounds.least < bounds.most;
        auto const mass = log_mass(hit_mixture(division->hit_numbers(trunk), views.odds.hits),
                                   hit_boundary(first, hits, bounds.least, bounds.most),
                                   hit_boundary(first + 1, hits, bounds.least, bounds.most));
        loss.hits = loss.hits - mass.masked_select(free).sum();
        if (forms[d].of_single) continue;
        auto const second = hits - first;
        auto const both = ((first > 0) & (second > 0)).nonzero().squeeze(1);
        auto const of_both = [&](torch::Tensor const& numbers) {
            return numbers.index_select(0, both);
        };
        auto const excess = [&](torch::Tensor const& some, torch::Tensor const& their_hits) {
            return of_both(some) - of_both(their_hits) * unit.least;
        };
        auto const mixture = energy_mixture(
            division->energy_numbers(of_both(trunk), of_both(first), of_both(second)),
            of_both(views.odds.energy), anchors_,
            {.excess = excess(energy, hits).clamp_min(0),
             .first = of_both(first),
             .second = of_both(second),
             .least = unit.least});
        auto const odds =
            excess_odds(excess(first_energy, first), excess(second_energy, second), unit.least);
        loss.energies = loss.energies - log_density(mixture, odds).sum();
    }
}

void FineGeneratorImpl::record()
{
    for (auto& stage : divisions_)
        for (auto& division : stage) division->record();
}

std::map<std::string, torch::Tensor> FineGeneratorImpl::parameters_from(
    FineGeneratorImpl const& other) const
{
    std::map<std::string, torch::Tensor> all;
    for (auto const& [name, numbers] : other.named_parameters().pairs()) all[name] = numbers;
    auto const each = [&](auto const& relation) {
        return relation(widths_.trunk, other.widths_.trunk) &&
               relation(widths_.energy, other.widths_.energy) &&
               relation(widths_.single, other.widths_.single);
    };
    if (each(std::equal_to<>()) || !each(std::less_equal<>()) ||
        other.tree_.stages.size() != tree_.stages.size())
        return all;
    for (std::size_t s = 0; s < tree_.stages.size(); ++s) {
        auto const forms = other.form().divisions(other.tree_.stages[s]);
        for (std::size_t d = 0; d < forms.size(); ++d) {
            auto const prefix = division_name(s, forms[d]) + ".";
            auto const trunk = forms[d].of_single ? widths_.single : widths_.trunk;
            for (auto const& [name, numbers] :
                 other.divisions_[s][d]->narrowed(trunk, widths_.energy))
                all[prefix + name] = numbers;
        }
    }
    return all;
}

void FineGeneratorImpl::start_from(FineGeneratorImpl const& other)
{
    torch::NoGradGuard const no_gradient;
    auto const earlier = other.form();
    auto const untold = form().layer_features() - earlier.layer_features();
    auto const copy = [](std::string const& name, torch::Tensor const& from, torch::Tensor to) {
        if (from.sizes() != to.sizes())
            throw InputError("cannot start from a network of another form",
                             "its '" + name + "' has " + std::to_string(from.numel()) +
                                 " numbers, not " + std::to_string(to.numel()));
        to.copy_(from);
    };
    if ((widths_.single > 0) != (other.widths_.single > 0))
        throw InputError("cannot start from a network of another form",
                         "only one of the two has networks of single hits");
    auto const theirs = parameters_from(other);
    for (auto const& [name, own] : named_parameters().pairs()) {
        auto const found = theirs.find(name);
        auto numbers = found == theirs.end() ? torch::empty({0}) : found->second;
        bool const divides = name.ends_with("first.weight") && !name.starts_with("head.");
        if (untold > 0 && found != theirs.end() && divides)
            numbers = with_columns(numbers,
                                   name.starts_with("root") ? earlier.layer_features() - own_hits
                                                            : graph::feature_places(earlier, 0).own,
                                   untold);
        copy(name, numbers, own);
    }
    auto const buffers = other.named_buffers();
    for (auto const& [name, own] : named_buffers().pairs()) {
        auto const* const found = buffers.find(name);
        copy(name, found == nullptr ? torch::empty({0}) : *found, own);
    }
}

graph::SplitNetworkConfig FineGeneratorImpl::form() const
{
    auto const unit = units();
    return {.tree = tree_,
            .layers = geometry_.layers(),
            .primary = energy_features + geometry_.condition_count(),
            .round_rows = geometry_.goes_round(0),
            .round_columns = geometry_.goes_round(1),
            .trunk = widths_.trunk,
            .energy = widths_.energy,
            .single = widths_.single,
            .development = widths_.development,
            .unit = static_cast<float>(unit.energy),
            .least = static_cast<float>(unit.least)};
}

void DivisionImpl::append_weights(std::vector<torch::Tensor>& all) const
{
    all.insert(all.end(), {places_, layers_});
    for (auto const& dense : {first_, second_, hits_, inner_, energy_})
        if (dense) all.insert(all.end(), {dense->weight, dense->bias});
}

torch::Tensor FineGeneratorImpl::weights() const
{
    std::vector<torch::Tensor> all{anchors_, usual_shapes_, layer_numbers_};
    for (auto const& dense : {root_first_, root_second_, root_})
        all.insert(all.end(), {dense->weight, dense->bias});
    for (std::size_t s = 0; s < tree_.stages.size(); ++s) {
        all.insert(all.end(), {usual_[s].hits, usual_[s].energy});
        for (auto const& division : divisions_[s]) division->append_weights(all);
    }
    for (auto& part : all) part = part.detach().flatten();
    return torch::cat(all);
}

}  // namespace lowcal::training
