#include "training/exporting/export_lean.hpp"

#include "core/error.hpp"
#include "graph/model/ports.hpp"
#include "training/exporting/export_metadata.hpp"
#include "training/exporting/layer_builder.hpp"
#include "training/loop/config_text.hpp"

#include <torch/torch.h>

#include <cmath>

namespace lowcal::training {
namespace {

using graph::Graph;

constexpr double gev_per_mev = 1e-3;

/// The networks' description of a primary (training::describe) is scale * (log E, sqrt E,
/// 1 / sqrt E, conditions) + shift; both go into the weights behind it.
struct Description {
    explicit Description(ShowerGeometry const& geometry)
    {
        auto const unit = geometry.energy_unit;
        std::vector<double> scales{0.5, 0.1 / std::sqrt(unit), std::sqrt(10.0 * unit)};
        std::vector<double> shifts{-0.5 * std::log(60.0 * unit), -1.0, -0.3};
        for (auto const& condition : geometry.conditions) {
            scales.push_back(1.0 / condition.spread);
            shifts.push_back(-condition.mean / condition.spread);
        }
        scale = torch::tensor(scales, torch::kFloat64);
        shift = torch::tensor(shifts, torch::kFloat64);
    }
    torch::Tensor scale, shift;
};

struct DenseNumbers {
    torch::Tensor weight, bias;
};

/// A dense layer that reads x instead of scale * x + shift.
DenseNumbers unscaled(Dense const& dense, torch::Tensor const& scale, torch::Tensor const& shift)
{
    auto const weight = dense->weight.to(torch::kFloat64);
    return {.weight = weight * scale, .bias = dense->bias.to(torch::kFloat64) + weight.mv(shift)};
}

/// Rows of the numbers that a coupling does not change give log scale and shift 0.
DenseNumbers only_free(Dense const& dense, torch::Tensor const& mask)
{
    auto const free = 1.0 - mask;
    return {.weight = dense->weight * free.unsqueeze(1), .bias = dense->bias * free};
}

/// Appends the parts of `lean`, one after the other.
class LeanBuilder : public LayerBuilder {
public:
    LeanBuilder(Graph& graph, LeanGenerator const& generator)
        : LayerBuilder(graph),
          geometry_(generator->geometry()),
          latent_(geometry_),
          head_(generator->head),
          shapes_(generator->shapes),
          primary_(geometry_)
    {
    }

    void add()
    {
        split_latent();
        describe_primary();
        add_layer_energies();
        add_convolutions();
        add_cells();
    }

private:
    ShowerGeometry geometry_;
    LeanLatent latent_;
    EnergyHead head_;
    LeanShapes shapes_;
    std::string layers_;  ///< name of the layer energies, MeV in the geometry's unit
    Description primary_;

    /// GeV of one MeV in the geometry's unit.
    double gev() const { return gev_per_mev * geometry_.cell_unit; }

    std::string number(std::string const& name, double value)
    {
        return floats(name, {1}, {static_cast<float>(value)});
    }

    std::string scalar(std::string const& name, float value) { return floats(name, {}, {value}); }

    /// An empty name is no bound.
    std::string clip(std::string const& name, std::string const& input, std::string const& low,
                     std::string const& high)
    {
        return node({.name = name, .op = "Clip", .inputs = {input, low, high}});
    }

    std::string gemm_of(std::string const& name, std::string const& input,
                        DenseNumbers const& numbers)
    {
        return gemm(name, input, numbers.weight, numbers.bias);
    }

    void split_latent()
    {
        graph::Tensor sizes{.type = graph::ElementType::int64, .shape = {4}};
        sizes.integers = std::vector<std::int64_t>{latent_.head, LeanLatent::shape, latent_.coarse,
                                                   latent_.fine};
        node({.name = "split",
              .op = "Split",
              .inputs = {"latent", constant("split.sizes", sizes)},
              .outputs = {"head.noise", "shape.noise", "coarse.noise", "fine.noise"},
              .attributes = {{"axis", std::int64_t{1}}}});
    }

    void describe_primary()
    {
        auto const logarithm = unary("Log", "energy.log", "energy");
        auto const root = unary("Sqrt", "energy.root", "energy");
        auto const inverse = binary("Div", "energy.inverse_root", number("one", 1.0), root);
        std::vector<std::string> parts{logarithm, root, inverse};
        for (auto const& condition : geometry_.conditions) parts.push_back(condition.name);
        concat("energy.description", parts);
    }

    std::string coupling(std::size_t index, std::string const& numbers)
    {
        auto const& coupling = head_->layers()[index];
        auto const name = "head.coupling" + std::to_string(index + 1);
        // What the mask hides from the first layer has weights of zero.
        auto const scale = torch::cat({coupling.mask.to(torch::kFloat64), primary_.scale});
        auto const shift =
            torch::cat({torch::zeros({geometry_.layers()}, torch::kFloat64), primary_.shift});
        auto const input = concat(name + ".input", {numbers, "energy.description"});
        auto hidden = gemm_of(name + ".first", input, unscaled(coupling.first, scale, shift));
        hidden = leaky_relu(name + ".first.leaky_relu", hidden);
        hidden = gemm(name + ".second", hidden, coupling.second->weight, coupling.second->bias);
        hidden = leaky_relu(name + ".second.leaky_relu", hidden);
        auto factor = gemm_of(name + ".scale", hidden, only_free(coupling.scale, coupling.mask));
        factor = unary("Tanh", name + ".scale.tanh", factor);
        factor = binary("Mul", name + ".scale.bounded", factor,
                        number("head.scale_bound", EnergyHeadImpl::scale_bound));
        factor = unary("Exp", name + ".factor", factor);
        auto const offset =
            gemm_of(name + ".shift", hidden, only_free(coupling.shift, coupling.mask));
        auto const scaled = binary("Mul", name + ".scaled", numbers, factor);
        return binary("Add", name, scaled, offset);
    }

    void add_layer_energies()
    {
        auto of_energy = [&](std::string const& name, Dense const& dense) {
            return gemm_of(name, "energy.description",
                           unscaled(dense, primary_.scale, primary_.shift));
        };
        auto const factor =
            unary("Exp", "head.factor", of_energy("head.energy_scale", head_->energy_scale()));
        auto numbers = binary("Mul", "head.scaled", "head.noise", factor);
        numbers = binary("Add", "head.shifted", numbers,
                         of_energy("head.energy_shift", head_->energy_shift()));
        for (std::size_t i = 0; i < head_->layers().size(); ++i) numbers = coupling(i, numbers);
        auto const spread = constant("head.spread", to_constant(head_->spread()));
        auto const mean = constant("head.mean", to_constant(head_->mean()));
        numbers = binary("Mul", "head.spread_out", numbers, spread);
        numbers = clip("head.bounded", binary("Add", "head.logarithms", numbers, mean), "",
                       scalar("head.largest", 0.0F));
        layers_ = decode(unary("Exp", "head.encoded", numbers));
    }

    /// Response and shares as layer energies: EnergyHeadImpl::forward behind its exponentials.
    std::string decode(std::string const& encoded)
    {
        auto const count = geometry_.layers();
        auto select = torch::zeros({1, count});
        select[0][0] = 1.0 / gev_per_mev;
        auto const response = gemm("head.response", encoded, select, torch::zeros({1}));
        auto const total = binary("Mul", "head.total", response, "energy");

        auto const unit = geometry_.unit_layer;
        auto place = torch::zeros({count, count});
        for (std::int64_t i = 1; i < count; ++i) place[i <= unit ? i - 1 : i][i] = 1.0;
        auto one = torch::zeros({count});
        one[unit] = EnergyHeadImpl::unit_share;
        auto const shares = gemm("head.shares", encoded, place, one);
        auto const with_offsets =
            binary("Add", "head.total_with_offsets", total,
                   number("head.offsets", EnergyHeadImpl::offset * static_cast<double>(count)));
        auto const raised = scaled("head.raised", shares, with_offsets);
        auto const layers = unary("Relu", "head.above_offset",
                                  binary("Sub", "head.without_offset", raised,
                                         number("head.offset", EnergyHeadImpl::offset)));
        return scaled("head.layers", with_empty_ones(layers), total);
    }

    /// EnergyHeadImpl::with_empty_ones.
    std::string with_empty_ones(std::string const& layers)
    {
        auto const above = unary("Relu", "head.above_empty",
                                 binary("Sub", "head.over_empty", layers,
                                        number("head.empty_energy", EnergyHeadImpl::empty_energy)));
        auto const limit = binary("Mul", "head.limit", above,
                                  number("head.empty_slope", EnergyHeadImpl::empty_slope));
        auto const taken =
            unary("Relu", "head.taken", binary("Sub", "head.over_limit", layers, limit));
        return binary("Max", "head.with_empty", binary("Sub", "head.kept", layers, taken),
                      constant("head.least", to_constant(head_->least_energies())));
    }

    /// Layers with their sum brought to `total`.
    std::string scaled(std::string const& name, std::string const& layers, std::string const& total)
    {
        auto const sum = sum_over(name + ".sum", layers, {1});
        return binary("Mul", name, layers, binary("Div", name + ".scale", total, sum));
    }

    std::string sum_over(std::string const& name, std::string const& input,
                         std::vector<std::int64_t> axes)
    {
        graph::Tensor tensor{.type = graph::ElementType::int64,
                             .shape = {static_cast<std::int64_t>(axes.size())}};
        tensor.integers = std::move(axes);
        return node({.name = name,
                     .op = "ReduceSum",
                     .inputs = {input, constant(name + ".axes", tensor)},
                     .attributes = {{"keepdims", std::int64_t{1}}}});
    }

    void add_convolutions()
    {
        auto const share = binary("Div", "shape.layer_response", layers_, "energy");
        auto const logs = unary("Log", "shape.layer_logs",
                                binary("Add", "shape.layer_response.offset", share,
                                       number("shape.layer_offset", LeanShapesImpl::layer_offset)));
        auto const input = concat("shape.input", {"shape.noise", "energy.description", logs});
        auto const mean = shapes_->layer_mean().to(torch::kFloat64);
        auto const spread = 2.0 * shapes_->layer_spread().to(torch::kFloat64);
        auto const plain = torch::ones({LeanLatent::shape}, torch::kFloat64);
        auto const dense =
            unscaled(shapes_->dense(), torch::cat({plain, primary_.scale, spread.reciprocal()}),
                     torch::cat({0.0 * plain, primary_.shift, -mean / spread}));
        auto hidden = leaky_relu("shape.leaky_relu", gemm_of("shape.dense", input, dense));
        hidden = reshape("coarse.start", hidden,
                         {0, LeanShapesImpl::dense_channels, geometry_.coarse_rows(),
                          geometry_.coarse_columns()});
        auto const coarse = reshape(
            "coarse.noise_image", "coarse.noise",
            {0, LeanLatent::coarse_channels, geometry_.coarse_rows(), geometry_.coarse_columns()});
        hidden = stack(shapes_->coarse(), concat("coarse.input", {hidden, coarse}));
        hidden = enlarged(hidden);
        auto const fine =
            reshape("fine.noise_image", "fine.noise",
                    {0, LeanLatent::fine_channels, geometry_.rows(), geometry_.columns()});
        stack(shapes_->fine(), concat("fine.input", {hidden, fine}));
    }

    /// The small image in all cells; what stands over behind the last ones is cut off.
    std::string enlarged(std::string const& hidden)
    {
        auto const step = geometry_.enlargement();
        bool const whole = geometry_.rows() % step == 0 && geometry_.columns() % step == 0;
        auto const all = node({.name = whole ? "fine.start" : "fine.start.all",
                               .op = "DepthToSpace",
                               .inputs = {hidden},
                               .attributes = {{"blocksize", step}, {"mode", std::string("DCR")}}});
        if (whole) return all;
        return node(
            {.name = "fine.start",
             .op = "Slice",
             .inputs = {all, integers("fine.start.first", {0, 0}),
                        integers("fine.start.last", {geometry_.rows(), geometry_.columns()}),
                        integers("fine.start.axes", {2, 3})}});
    }

    std::string integers(std::string const& name, std::vector<std::int64_t> values)
    {
        graph::Tensor tensor{.type = graph::ElementType::int64,
                             .shape = {static_cast<std::int64_t>(values.size())}};
        tensor.integers = std::move(values);
        return constant(name, tensor);
    }

    void add_cells()
    {
        auto const layers = reshape("cells.layers", layers_, {0, geometry_.layers(), 1, 1});
        auto const layer_roots =
            binary("Pow", "cells.layer_roots", layers, number("cells.third", 1.0 / 3.0));
        auto const base =
            binary("Mul", "cells.base", constant("base", to_constant(torch::relu(shapes_->base()))),
                   layer_roots);
        auto const least = binary("Mul", "cells.least", base,
                                  number("cells.floor_share", LeanShapesImpl::floor_share));
        auto const smooth = binary("Add", "cells.smooth", base, "fine.output");
        auto const sum = binary("Add", "cells.sum", smooth, scattered(layer_roots));
        auto const squares = square(binary("Max", "cells.risen", sum, least));
        auto const cubes =
            binary("Mul", "cells.cubes", squares, unary("Sqrt", "cells.roots", squares));
        auto const unit =
            binary("Mul", "cells.layers_in_gev", layers, number("cells.gev_per_mev", gev()));
        auto const all = scaled_to(unit, "cells.all", cubes);
        auto const hits =
            binary("Mul", "cells.hit_energies", binary("Max", "cells.lifted", all, faint(all)),
                   above_threshold(all));
        auto const order = geometry_.to_memory();
        if (order == std::array<std::int64_t, 4>{0, 1, 2, 3})
            node({.name = "shower", .op = "Identity", .inputs = {hits}});
        else
            transpose("shower", hits, {order.begin(), order.end()});
    }

    /// The least energy of a hit with this energy.
    std::string faint(std::string const& all)
    {
        auto const steep = binary("Mul", "cells.faint.sloped", all,
                                  number("cells.faint.slope", LeanShapesImpl::faint_slope));
        auto const raised =
            binary("Add", "cells.faint", steep,
                   number("cells.faint.offset", gev() * LeanShapesImpl::faint_offset));
        return clip("cells.at_most_line", raised, "",
                    scalar("cells.line", static_cast<float>(gev() * LeanShapesImpl::line_energy)));
    }

    /// LeanShapes' noise of each layer by its size in each cell.
    std::string scattered(std::string const& layer_roots)
    {
        auto const one = number("cells.one", 1.0);
        auto const low =
            binary("Div", "cells.low", one, binary("Add", "cells.low.roots", layer_roots, one));
        auto const scatter_low = constant("scatter_low", to_constant(shapes_->scatter_low()));
        auto const size =
            binary("Add", "cells.scatter", constant("scatter", to_constant(shapes_->scatter())),
                   binary("Mul", "cells.scatter_low", scatter_low, low));
        return binary("Mul", "cells.scattered", size, layer_noise());
    }

    /// The fine noise, for each layer from a later number on: [N, layers, rows, columns].
    std::string layer_noise()
    {
        auto const cells = geometry_.rows() * geometry_.columns();
        auto const around = concat("cells.noise.around", {"fine.noise", "fine.noise"});
        std::vector<std::string> layers;
        for (std::int64_t z = 0; z < geometry_.layers(); ++z) {
            auto const name = "cells.noise.layer" + std::to_string(z + 1);
            auto const start = shapes_->noise_step() * z % latent_.fine;
            layers.push_back(node({.name = name,
                                   .op = "Slice",
                                   .inputs = {around, integers(name + ".start", {start}),
                                              integers(name + ".end", {start + cells}),
                                              integers("cells.noise.axis", {1})}}));
        }
        return reshape("cells.noise", concat("cells.noise.layers", layers),
                       {0, geometry_.layers(), geometry_.rows(), geometry_.columns()});
    }

    /// Of the root of a cell, from its `a`.
    std::string square(std::string const& a)
    {
        auto value = binary("Mul", "cells.parabola", a,
                            binary("Add", "cells.with_rise", a,
                                   number("cells.rise", shapes_->rise().item<double>())));
        for (std::size_t i = 0; i < LeanShapesImpl::kinks.size(); ++i) {
            auto const name = "cells.kink" + std::to_string(i + 1);
            auto const less = shapes_->less()[static_cast<std::int64_t>(i)].item<double>();
            auto const beyond =
                unary("Relu", name + ".beyond",
                      binary("Sub", name + ".distance", a,
                             number(name + ".from", LeanShapesImpl::kinks[i].from)));
            value = binary("Sub", name, value,
                           binary("Mul", name + ".drop", beyond, number(name + ".less", less)));
        }
        return value;
    }

    /// `cells` with each layer's sum brought to the layer's energy.
    std::string scaled_to(std::string const& energies, std::string const& name,
                          std::string const& cells)
    {
        auto const sums =
            binary("Add", name + ".sums", sum_over(name + ".cell_sums", cells, {2, 3}),
                   number("cells.small", LeanShapesImpl::smallest_sum));
        return binary("Mul", name, cells, binary("Div", name + ".scale", energies, sums));
    }

    /// 1 for cells above the threshold and 0 for the others: the difference to the threshold, made
    /// so large that all but the last digits of the threshold itself are cut off. Cut off before,
    /// too: OpenVINO makes 0 of what does not fit 32-bit integers.
    std::string above_threshold(std::string const& cells)
    {
        auto const excess =
            binary("Sub", "cells.excess", cells,
                   number("cells.threshold", gev() * LeanShapesImpl::smallest_energy));
        auto const limited =
            clip("cells.limited_excess", excess, scalar("cells.excess.low", -1e-9F),
                 scalar("cells.excess.high", 1e-9F));
        auto const steep =
            binary("Mul", "cells.steep_excess", limited, number("cells.steepness", 1e15));
        return clip("cells.hit", steep, scalar("cells.hit.low", 0.0F),
                    scalar("cells.hit.high", 1.0F));
    }
};

/// The graph takes the root of the curve, which training cuts off at zero: no trained slope may
/// lead there. Slopes grow from kink to kink, so that they are least right behind one.
void require_rising_curve(LeanShapes const& shapes)
{
    double slope = shapes->rise().item<double>();
    for (std::size_t i = 0; i < LeanShapesImpl::kinks.size(); ++i) {
        slope -= shapes->less()[static_cast<std::int64_t>(i)].item<double>();
        if (slope + 2.0 * LeanShapesImpl::kinks[i].from <= 0.0)
            throw InputError(
                "cannot export lean: its cells' curve falls behind kink " + std::to_string(i + 1),
                "its slopes are " + std::to_string(slope) + " + 2 a there");
    }
}

}  // namespace

Graph to_graph(StoredLean const& stored)
{
    torch::NoGradGuard const no_gradient;
    require_rising_curve(stored.generator->shapes);
    Graph graph;
    graph.name = std::string(name_of(Architecture::lean));
    auto const& geometry = stored.config.geometry;
    LeanLatent const latent(geometry);
    graph.inputs = {{.name = graph::latent_port, .shape = {graph::batch_dimension, latent.size()}},
                    {.name = graph::energy_port, .shape = {graph::batch_dimension, 1}}};
    for (auto const& condition : geometry.conditions)
        graph.inputs.push_back({.name = condition.name, .shape = {graph::batch_dimension, 1}});
    graph.outputs = {{.name = graph::shower_port, .shape = {graph::batch_dimension}}};
    for (auto const& axis : geometry.detector.axes)
        graph.outputs[0].shape.push_back(static_cast<std::int64_t>(axis.cells));
    LeanBuilder(graph, stored.generator).add();
    graph.metadata = {
        {"lowcal.architecture", graph.name},
        {"lowcal.conditioning", "energy in GeV to a flow for layer energies; both to the shapes"},
        {"lowcal.latent_size", std::to_string(latent.size())},
        {"lowcal.output_unit", "GeV"},
        {"lowcal.output_transform",
         "cube of a root, scaled to the layer's energy; small cells zero"},
        {"lowcal.training.config", to_text(stored.config)},
        {"lowcal.training.result", stored.provenance}};
    describe_showers(geometry, graph);
    return graph;
}

}  // namespace lowcal::training
