#include "training/passes/pass_networks.hpp"

#include "core/error.hpp"
#include "graph/passes/pass_network.hpp"
#include "training/fine/layer_memory.hpp"
#include "training/likelihood/leaky.hpp"
#include "training/passes/pass_showers.hpp"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>

namespace lowcal::training {
namespace {

using graph::bright_components;
using graph::followed_cells;
using graph::pass_count;
using graph::window_cells;

constexpr std::int64_t most_hits_for_classes = 1 << 20;
constexpr double least_odds = 1e-4;   ///< of cells, usual ones, to begin with
constexpr double least_share = 1e-7;  ///< of a layer's energy, usual ones

/// Side by side, following their usual share more than the nearest layers.
void start_bright(Dense const& dense)
{
    torch::NoGradGuard const no_gradient;
    dense->weight.mul_(0.1);
    dense->bias.zero_();
    dense->bias.narrow(0, bright_components, bright_components)
        .copy_(torch::linspace(-0.6, 0.6, bright_components));
    dense->bias.narrow(0, 2 * bright_components, bright_components).fill_(-1.0);
    dense->bias.narrow(0, 3 * bright_components, followed_cells)
        .copy_(torch::tensor({0.6, 0.2, 0.2}));
}

/// As if every pass that is to come had as many of the hits.
void start_counts(Dense const& dense)
{
    torch::NoGradGuard const no_gradient;
    dense->weight.mul_(0.1);
    for (std::int64_t pass = 0; pass < graph::counted_passes; ++pass) {
        dense->bias[2 * pass] = -std::log(static_cast<double>(pass_count - pass - 1));
        dense->bias[2 * pass + 1] = 0.5;  // wide enough that all that happen are likely
    }
}

}  // namespace

DrawingPassImpl::DrawingPassImpl(graph::PassConfig const& form, std::int64_t group,
                                 std::int64_t pass)
    : group_(group), pass_(graph::cell_passes[static_cast<std::size_t>(pass)])
{
    window_ = register_parameter("window", 0.08 * torch::randn({form.hidden, window_cells, 2}));
    bright_window_ = register_parameter("bright_window", torch::zeros({window_cells}));
    std::vector<float> seen;
    for (bool const one : graph::seen_cells(group, pass)) seen.push_back(one ? 1.0F : 0.0F);
    seen_ = register_buffer("seen", torch::tensor(seen));
    second_ = register_module("second", Dense(form.hidden, form.hidden));
    hit_ = register_module("hit", Dense(form.hidden, 1));
    energy_ = register_module("energy", Dense(form.energy_inputs(), form.energy));
    bright_first_ = register_module("bright_first", Dense(form.bright_inputs(), form.bright));
    bright_second_ = register_module("bright_second", Dense(form.bright, form.bright));
    bright_ = register_module("bright", Dense(form.bright, graph::bright_numbers));
    start_bright(bright_);
}

torch::Tensor DrawingPassImpl::windows(torch::Tensor const& volume) const
{
    namespace functional = torch::nn::functional;
    auto const weight =
        (window_ * seen_.unsqueeze(1)).permute({0, 2, 1}).reshape({window_.size(0), 2, 3, 3, 3});
    auto const reach = graph::group_reach[static_cast<std::size_t>(group_)];
    auto layers = volume.slice(2, 0, c10::nullopt, reach);
    // The first group's own layers, each between those before and behind; of the others own layers
    // lie between those that are there.
    bool const first = group_ == 0;
    if (first) layers = torch::constant_pad_nd(layers, {0, 0, 0, 0, 1, 1});
    if (!first && layers.size(2) % 2 == 0)
        layers = torch::constant_pad_nd(layers, {0, 0, 0, 0, 0, 1});
    auto const cut = layers.slice(3, pass_.row).slice(4, pass_.column);
    return functional::conv3d(cut, weight,
                              functional::Conv3dFuncOptions().stride({first ? 1 : 2, 2, 2}))
        .permute({0, 2, 3, 4, 1});
}

torch::Tensor DrawingPassImpl::hidden(torch::Tensor const& first)
{
    return leaky(second_->forward(leaky(first)));
}

torch::Tensor DrawingPassImpl::change(torch::Tensor const& hidden)
{
    return hit_->forward(hidden);
}

torch::Tensor DrawingPassImpl::energy(torch::Tensor const& inputs)
{
    return leaky(energy_->forward(inputs));
}

Mixture DrawingPassImpl::bright(torch::Tensor const& inputs, torch::Tensor const& followed,
                                torch::Tensor const& excess, torch::Tensor const& place)
{
    auto const numbers =
        bright_->forward(leaky(bright_second_->forward(leaky(bright_first_->forward(inputs)))));
    auto const part = [&](std::int64_t which) {
        return numbers.narrow(1, which * bright_components, bright_components);
    };
    auto const follow = numbers.narrow(1, 3 * bright_components, followed_cells);
    auto const window = numbers.narrow(1, 3 * bright_components + followed_cells, window_cells);
    auto const offset = (follow * followed).sum(1, true) +
                        ((window + bright_window_) * excess).sum(1, true) + place.narrow(1, 0, 1);
    auto const kept = [](torch::Tensor const& log_width) {
        return log_width.clamp(graph::narrowest_bright, graph::widest_bright);
    };
    auto const wider = place.narrow(1, 1, 1);
    return {.log_weights = part(0),
            .means = part(1) * torch::exp(kept(wider)) + offset,
            .log_widths = kept(part(2) + wider)};
}

void DrawingPassImpl::append_weights(std::vector<torch::Tensor>& all) const
{
    // What is not seen has no weight: it is not multiplied either.
    all.insert(all.end(), {window_ * seen_.unsqueeze(1), torch::zeros({window_.size(0)})});
    for (auto const& dense : {second_, hit_, energy_, bright_first_, bright_second_, bright_})
        all.insert(all.end(), {dense->weight, dense->bias});
    all.push_back(bright_window_);
}

PassGeneratorImpl::PassGeneratorImpl(ShowerGeometry const& geometry, PassWidths const& widths)
    : geometry_(geometry), widths_(widths)
{
    auto const layers = geometry.layers(), rows = geometry.rows(), columns = geometry.columns();
    head = register_module("head", EnergyHead(geometry));
    units_ = register_buffer("units", torch::ones({2}, torch::kFloat64));
    edges_ = register_buffer("edges", torch::linspace(1.0, 2.0, widths.classes + 1));
    odds_ = register_parameter("odds", torch::zeros({layers, rows, columns}));
    usual_share_ = register_buffer(
        "usual_share",
        torch::full({layers, rows, columns}, 1.0 / static_cast<double>(rows * columns)));
    usual_shapes_ = register_buffer(
        "usual_shapes", torch::zeros({layers, graph::shape_regressors, graph::usual_shapes}));
    centres_ = register_buffer("centres",
                               torch::tensor(graph::cell_centres(form())).view({rows, columns, 2}));
    auto const learnt = [&](char const* name, std::vector<std::int64_t> const& shape) {
        return register_parameter(name, 0.05 * torch::randn(shape));
    };
    root_layers_ = learnt("root_layers", {layers, graph::layer_numbers});
    layers_ = learnt("layers", {layers, graph::layer_numbers});
    positions_ = learnt("positions", {layers, graph::position_numbers, widths.hidden});
    places_ = learnt("places", {rows, columns, widths.hidden});
    bright_places_ = register_parameter(
        "bright_places",
        torch::zeros({graph::group_count, rows, columns, graph::bright_place_numbers}));
    root_first_ = register_module("root_first", Dense(form().root_inputs(), graph::root_width));
    root_second_ = register_module("root_second", Dense(graph::root_width, graph::root_width));
    root_ = register_module("root", Dense(graph::root_width, graph::root_numbers));
    context_first_ =
        register_module("context_first", Dense(form().context_inputs(), widths.context));
    context_second_ = register_module("context_second", Dense(widths.context, widths.context));
    context_ =
        register_module("context", Dense(widths.context, widths.hidden + graph::odds_numbers));
    count_first_ = register_module("count_first", Dense(form().count_inputs(), widths.context));
    count_second_ = register_module("count_second", Dense(widths.context, widths.context));
    count_ = register_module("count", Dense(widths.context, graph::count_numbers));
    start_counts(count_);
    for (std::int64_t group = 0; group < graph::group_count; ++group) {
        auto const name = std::to_string(group);
        for (std::int64_t pass = 0; pass < pass_count; ++pass)
            phases_.push_back(register_module("pass" + name + "_" + std::to_string(pass),
                                              DrawingPass(form(), group, pass)));
        class_groups_.push_back(register_module("class_groups" + name,
                                                Dense(widths.energy, form().class_groups() + 1)));
        classes_.push_back(register_module("classes" + name, Dense(widths.energy, widths.classes)));
    }
}

graph::PassConfig PassGeneratorImpl::form() const
{
    auto const unit = units();
    return {.layers = geometry_.layers(),
            .rows = geometry_.rows(),
            .columns = geometry_.columns(),
            .primary = energy_features + geometry_.condition_count(),
            .round_rows = geometry_.goes_round(0),
            .round_columns = geometry_.goes_round(1),
            .hidden = widths_.hidden,
            .context = widths_.context,
            .energy = widths_.energy,
            .bright = widths_.bright,
            .classes = widths_.classes,
            .unit = static_cast<float>(unit.energy),
            .least = static_cast<float>(unit.least)};
}

SplitUnits PassGeneratorImpl::units() const
{
    auto const numbers = units_.to(torch::kCPU);
    return {.energy = numbers[0].item<double>(), .least = numbers[1].item<double>()};
}

torch::Tensor PassGeneratorImpl::weights() const
{
    std::vector<torch::Tensor> all{edges_, odds_, usual_share_, usual_shapes_, root_layers_};
    auto const append = [&](std::initializer_list<Dense> layers) {
        for (auto const& dense : layers) all.insert(all.end(), {dense->weight, dense->bias});
    };
    append({root_first_, root_second_, root_});
    all.push_back(layers_);
    append({context_first_, context_second_, context_, count_first_, count_second_, count_});
    all.insert(all.end(), {positions_, places_, bright_places_});
    for (auto const& phase : phases_) phase->append_weights(all);
    for (std::size_t group = 0; group < classes_.size(); ++group)
        append({class_groups_[group], classes_[group]});
    for (auto& part : all) part = part.detach().flatten();
    return torch::cat(all);
}

void PassGeneratorImpl::start_from(PassGeneratorImpl const& other)
{
    torch::NoGradGuard const no_gradient;
    auto const copy = [](auto const& own, auto const& others) {
        for (auto const& [name, numbers] : own) {
            auto const* const found = others.find(name);
            if (found == nullptr || found->sizes() != numbers.sizes())
                throw InputError("cannot start from a network of another form",
                                 "its '" + name + "' is another");
            torch::Tensor(numbers).copy_(*found);
        }
    };
    copy(named_parameters().pairs(), other.named_parameters());
    copy(named_buffers().pairs(), other.named_buffers());
}

void PassGeneratorImpl::start_from_showers(torch::Tensor const& images, torch::Tensor const&)
{
    torch::NoGradGuard const no_gradient;
    set_classes(images);
    auto const layer = images.sum({2, 3});
    auto const entry = torch::zeros({images.size(0), 2}, images.options());  // on the average
    usual_shapes_.copy_(find_usual_shapes(layer_shapes(images, centres_, entry), layer, units()));
    auto const usual = [&](torch::Tensor const& cells) {
        auto const mean = cells.mean(0);
        return geometry_.is_square() ? symmetrised(mean) : mean;
    };
    auto const chance = usual((images > 0).to(images.scalar_type()));
    odds_.copy_(torch::logit(chance.clamp(least_odds, 1.0 - least_odds)));
    auto const share = usual(images / layer.clamp_min(units().energy).unsqueeze(2).unsqueeze(3));
    usual_share_.copy_(share / share.sum({1, 2}, true).clamp_min(least_share) + least_share);
}

/// Between quantiles of the hits' energies: a third in the faintest, so that lines stay lines; what
/// is brighter than all of them is drawn from mixtures.
void PassGeneratorImpl::set_classes(torch::Tensor const& images)
{
    auto hits = images.masked_select(images > 0).to(torch::kCPU);
    if (hits.size(0) > most_hits_for_classes)
        hits = hits.index_select(0, torch::randint(hits.size(0), {most_hits_for_classes}));
    constexpr double faintest = 0.03, bright = 0.85;  // quantiles
    units_[0] = unit_share * hits.median().item<double>();
    auto const faint = widths_.classes / 3;
    auto const quantiles =
        torch::cat({torch::linspace(0.0, faintest, faint + 1).narrow(0, 0, faint),
                    torch::linspace(faintest, bright, widths_.classes - faint + 1)});
    auto const sorted = std::get<0>(hits.sort());
    auto edges = sorted.index_select(
        0, (quantiles * static_cast<double>(sorted.size(0) - 1)).to(torch::kInt64));
    // Rising, also where many hits have one energy.
    constexpr float step = 1e-4F;
    auto numbers = edges.accessor<float, 1>();
    numbers[0] *= 1.0F - step;
    for (std::int64_t i = 1; i < numbers.size(0); ++i)
        numbers[i] = std::max(numbers[i], numbers[i - 1] * (1.0F + step));
    edges_.copy_(edges);
    units_[1] = edges[0].item<double>();
}

torch::Tensor PassGeneratorImpl::cells(LayerFacts const& facts, torch::Tensor const& uniform) const
{
    torch::NoGradGuard const no_gradient;
    auto const numbers = [](torch::Tensor const& tensor) {
        return tensor.to(torch::kCPU).to(torch::kFloat32).contiguous();
    };
    auto const row = [](torch::Tensor const& tensor, std::int64_t i) {
        auto const width = static_cast<std::size_t>(tensor.size(1));
        return std::span<float const>(
            tensor.data_ptr<float>() + static_cast<std::size_t>(i) * width, width);
    };
    auto const own = numbers(weights());
    graph::PassNetwork const network(
        form(),
        graph::PassWeights(form(), {own.data_ptr<float>(), static_cast<std::size_t>(own.numel())}));
    auto const energy = numbers(facts.energy), primary = numbers(facts.primary),
               entry = numbers(facts.entry), random = numbers(uniform);
    auto images =
        torch::zeros({energy.size(0), geometry_.layers(), geometry_.rows(), geometry_.columns()});
    auto const size = static_cast<std::size_t>(geometry_.cells());
    for (std::int64_t i = 0; i < energy.size(0); ++i)
        network.draw({.layers = row(energy, i),
                      .primary = row(primary, i),
                      .entry = row(entry, i),
                      .uniform = row(random, i)},
                     {images.data_ptr<float>() + static_cast<std::size_t>(i) * size, size});
    return images;
}

}  // namespace lowcal::training
