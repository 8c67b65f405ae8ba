#include "training/exporting/export_lean.hpp"

#include "core/error.hpp"
#include "graph/model/ports.hpp"
#include "training/exporting/export_metadata.hpp"
#include "training/exporting/head_builder.hpp"
#include "training/loop/config_text.hpp"

#include <torch/torch.h>

#include <cmath>

namespace lowcal::training {
namespace {

using graph::Graph;

/// Appends the parts of `lean`, one after the other.
class LeanBuilder : public HeadBuilder {
public:
    LeanBuilder(Graph& graph, LeanGenerator const& generator)
        : HeadBuilder(graph, generator->head), latent_(geometry_), shapes_(generator->shapes)
    {
    }

    void add()
    {
        split_latent();
        describe_primary();
        layers_ = layer_energies("head.noise");
        add_convolutions();
        add_cells();
    }

private:
    LeanLatent latent_;
    LeanShapes shapes_;
    std::string layers_;  ///< name of the layer energies, MeV in the geometry's unit

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
