#include "training/exporting/export_lean.hpp"

#include "core/error.hpp"
#include "graph/model/ports.hpp"
#include "graph/patterns/cell_tail.hpp"
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
        auto const hits = graph::add_cell_tail(built(), form(),
                                               {.answer = "fine.output",
                                                .layers = layers_,
                                                .noise = "fine.noise",
                                                .unit = gev(),
                                                .base = to_constant(torch::relu(shapes_->base())),
                                                .scatter = to_constant(shapes_->scatter()),
                                                .scatter_low = to_constant(shapes_->scatter_low()),
                                                .noise_step = shapes_->noise_step(),
                                                .period = latent_.fine});
        auto const order = geometry_.to_memory();
        if (order == std::array<std::int64_t, 4>{0, 1, 2, 3})
            node({.name = "shower", .op = "Identity", .inputs = {hits}});
        else
            transpose("shower", hits, {order.begin(), order.end()});
    }

    graph::CellTailForm form() const
    {
        auto const in_gev = [&](double energy) { return static_cast<float>(gev() * energy); };
        graph::CellTailForm form{.floor_share = static_cast<float>(LeanShapesImpl::floor_share),
                                 .rise = shapes_->rise().item<float>(),
                                 .smallest_sum = static_cast<float>(LeanShapesImpl::smallest_sum),
                                 .threshold = in_gev(LeanShapesImpl::smallest_energy),
                                 .faint_slope = static_cast<float>(LeanShapesImpl::faint_slope),
                                 .faint_offset = in_gev(LeanShapesImpl::faint_offset),
                                 .line = in_gev(LeanShapesImpl::line_energy)};
        static_assert(LeanShapesImpl::kinks.size() <= graph::CellTailForm::kink_count);
        for (std::size_t i = 0; i < LeanShapesImpl::kinks.size(); ++i)
            form.kinks[i] = {.from = static_cast<float>(LeanShapesImpl::kinks[i].from),
                             .less = shapes_->less()[static_cast<std::int64_t>(i)].item<float>()};
        return form;
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
