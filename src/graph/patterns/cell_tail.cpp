#include "graph/patterns/cell_tail.hpp"

#include "graph/model/graph_builder.hpp"

#include <utility>
#include <vector>

namespace lowcal::graph {
namespace {

/// 1 above the threshold and 0 below is a line so steep that all but the last digits of the
/// threshold itself are cut off. Cut off before, too: OpenVINO makes 0 of what does not fit 32-bit
/// integers.
constexpr float steepness = 1e15F;
constexpr float most_excess = 1e-9F;

class TailBuilder : GraphBuilder {
public:
    TailBuilder(Graph& graph, CellTailForm const& form, CellTailParts const& parts)
        : GraphBuilder(graph), form_(form), parts_(parts)
    {
    }

    std::string add()
    {
        auto const layers = reshape("cells.layers", parts_.layers, {0, shape()[0], 1, 1});
        auto const layer_roots =
            binary("Pow", "cells.layer_roots", layers, number("cells.third", 1.0F / 3.0F));
        auto const base = binary("Mul", "cells.base", constant("base", parts_.base), layer_roots);
        auto const least =
            binary("Mul", "cells.least", base, number("cells.floor_share", form_.floor_share));
        auto const smooth = binary("Add", "cells.smooth", base, parts_.answer);
        auto const sum = binary("Add", "cells.sum", smooth, scattered(layer_roots));
        auto const squares = square(binary("Max", "cells.risen", sum, least));
        auto const cubes =
            binary("Mul", "cells.cubes", squares, unary("Sqrt", "cells.roots", squares));
        auto const energies = binary("Mul", "cells.layers_in_gev", layers,
                                     number("cells.gev_per_mev", static_cast<float>(parts_.unit)));
        auto const all = scaled_to(energies, cubes);
        return binary("Mul", "cells.hit_energies", binary("Max", "cells.lifted", all, faint(all)),
                      above_threshold(all));
    }

private:
    CellTailForm const& form_;
    CellTailParts const& parts_;

    Shape const& shape() const { return parts_.base.shape; }

    std::string number(std::string const& name, float value) { return floats(name, {1}, {value}); }
    std::string scalar(std::string const& name, float value) { return floats(name, {}, {value}); }
    std::string integers(std::string const& name, std::vector<std::int64_t> const& values)
    {
        Tensor tensor{.type = ElementType::int64,
                      .shape = {static_cast<std::int64_t>(values.size())}};
        tensor.integers = values;
        return constant(name, std::move(tensor));
    }
    std::string unary(std::string const& op, std::string const& name, std::string const& input)
    {
        return node({.name = name, .op = op, .inputs = {input}});
    }
    std::string concat(std::string const& name, std::vector<std::string> const& inputs)
    {
        return node({.name = name,
                     .op = "Concat",
                     .inputs = inputs,
                     .attributes = {{"axis", std::int64_t{1}}}});
    }
    std::string clip(std::string const& name, std::string const& input, std::string const& low,
                     std::string const& high)
    {
        return node({.name = name, .op = "Clip", .inputs = {input, low, high}});
    }

    /// The least energy of a hit with this energy.
    std::string faint(std::string const& all)
    {
        auto const steep = binary("Mul", "cells.faint.sloped", all,
                                  number("cells.faint.slope", form_.faint_slope));
        auto const raised =
            binary("Add", "cells.faint", steep, number("cells.faint.offset", form_.faint_offset));
        return clip("cells.at_most_line", raised, "", scalar("cells.line", form_.line));
    }

    /// The noise of each layer by its size in each cell.
    std::string scattered(std::string const& layer_roots)
    {
        auto const one = number("cells.one", 1.0F);
        auto const low =
            binary("Div", "cells.low", one, binary("Add", "cells.low.roots", layer_roots, one));
        auto const scatter_low = constant("scatter_low", parts_.scatter_low);
        auto const size = binary("Add", "cells.scatter", constant("scatter", parts_.scatter),
                                 binary("Mul", "cells.scatter_low", scatter_low, low));
        return binary("Mul", "cells.scattered", size, layer_noise());
    }

    /// The noise, for each layer from a later number on: [N, layers, rows, columns].
    std::string layer_noise()
    {
        auto const cells = shape()[1] * shape()[2];
        auto const around = concat("cells.noise.around", {parts_.noise, parts_.noise});
        std::vector<std::string> layers;
        for (std::int64_t z = 0; z < shape()[0]; ++z) {
            auto const name = "cells.noise.layer" + std::to_string(z + 1);
            auto const start = parts_.noise_step * z % parts_.period;
            layers.push_back(node({.name = name,
                                   .op = "Slice",
                                   .inputs = {around, integers(name + ".start", {start}),
                                              integers(name + ".end", {start + cells}),
                                              integers("cells.noise.axis", {1})}}));
        }
        return reshape("cells.noise", concat("cells.noise.layers", layers),
                       {0, shape()[0], shape()[1], shape()[2]});
    }

    /// Of the root of a cell, from its `a`.
    std::string square(std::string const& a)
    {
        auto value = binary("Mul", "cells.parabola", a,
                            binary("Add", "cells.with_rise", a, number("cells.rise", form_.rise)));
        auto kinks = form_.kinks.size();
        while (kinks > 0 && form_.kinks[kinks - 1] == CellTailForm::Kink{}) --kinks;
        for (std::size_t i = 0; i < kinks; ++i) {
            auto const name = "cells.kink" + std::to_string(i + 1);
            auto const beyond = unary(
                "Relu", name + ".beyond",
                binary("Sub", name + ".distance", a, number(name + ".from", form_.kinks[i].from)));
            value = binary(
                "Sub", name, value,
                binary("Mul", name + ".drop", beyond, number(name + ".less", form_.kinks[i].less)));
        }
        return value;
    }

    /// `cells` with each layer's sum brought to the layer's energy.
    std::string scaled_to(std::string const& energies, std::string const& cells)
    {
        auto const summed = node({.name = "cells.all.cell_sums",
                                  .op = "ReduceSum",
                                  .inputs = {cells, integers("cells.all.cell_sums.axes", {2, 3})},
                                  .attributes = {{"keepdims", std::int64_t{1}}}});
        auto const sums =
            binary("Add", "cells.all.sums", summed, number("cells.small", form_.smallest_sum));
        return binary("Mul", "cells.all", cells, binary("Div", "cells.all.scale", energies, sums));
    }

    /// 1 for cells above the threshold and 0 for the others.
    std::string above_threshold(std::string const& cells)
    {
        auto const excess =
            binary("Sub", "cells.excess", cells, number("cells.threshold", form_.threshold));
        auto const limited =
            clip("cells.limited_excess", excess, scalar("cells.excess.low", -most_excess),
                 scalar("cells.excess.high", most_excess));
        auto const steep =
            binary("Mul", "cells.steep_excess", limited, number("cells.steepness", steepness));
        return clip("cells.hit", steep, scalar("cells.hit.low", 0.0F),
                    scalar("cells.hit.high", 1.0F));
    }
};

}  // namespace

std::string add_cell_tail(Graph& graph, CellTailForm const& form, CellTailParts const& parts)
{
    return TailBuilder(graph, form, parts).add();
}

}  // namespace lowcal::graph
