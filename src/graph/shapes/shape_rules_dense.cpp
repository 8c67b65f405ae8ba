#include "graph/model/element_type.hpp"
#include "graph/model/operators.hpp"
#include "graph/passes/pass_weights.hpp"
#include "graph/patterns/split_network.hpp"
#include "graph/shapes/broadcast.hpp"
#include "graph/shapes/convolution_geometry.hpp"
#include "graph/shapes/layout_arguments.hpp"
#include "graph/shapes/shape_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace lowcal::graph {
namespace {

using Infos = std::vector<ValueInfo>;

void require_float32(Operands const& operands)
{
    for (std::size_t i = 0; i < operands.count(); ++i)
        operands.require_type(i, ElementType::float32);
}

[[noreturn]] void reject_shapes(Operands const& operands)
{
    operands.reject(fmt::format("its inputs of shapes {} and {} do not fit",
                                describe(operands.shape(0)), describe(operands.shape(1))));
}

Infos convolution(Operands const& operands)
{
    require_float32(operands);
    auto const geometry =
        convolution_geometry(operands.node(), operands.shape(0), operands.shape(1));
    if (operands.has(2) && operands.shape(2) != Shape{geometry.output_channels})
        operands.reject(fmt::format("its bias has shape {}, its output has {} channels",
                                    describe(operands.shape(2)), geometry.output_channels));
    return {{ElementType::float32, geometry.output_shape()}};
}

Infos gemm(Operands const& operands)
{
    require_float32(operands);
    operands.require_rank(0, 2);
    operands.require_rank(1, 2);
    auto a = operands.shape(0);
    auto b = operands.shape(1);
    if (int_attribute(operands.node(), "transA", 0) != 0) std::swap(a[0], a[1]);
    if (int_attribute(operands.node(), "transB", 0) != 0) std::swap(b[0], b[1]);
    if (a[1] != b[0]) reject_shapes(operands);
    Shape const shape{a[0], b[1]};
    if (operands.has(2) && broadcast(operands.shape(2), shape) != shape)
        operands.reject(fmt::format("its bias has shape {}, its output {}",
                                    describe(operands.shape(2)), describe(shape)));
    return {{ElementType::float32, shape}};
}

/// The last two dimensions multiply, those before broadcast; a vector is a row or a column.
Infos matmul(Operands const& operands)
{
    require_float32(operands);
    auto a = operands.shape(0);
    auto b = operands.shape(1);
    bool const row = a.size() == 1;
    bool const column = b.size() == 1;
    if (a.empty() || b.empty()) reject_shapes(operands);
    if (row) a.insert(a.begin(), 1);
    if (column) b.push_back(1);
    auto shape = broadcast(Shape(a.begin(), a.end() - 2), Shape(b.begin(), b.end() - 2));
    if (!shape || a.back() != b[b.size() - 2]) reject_shapes(operands);
    if (!row) shape->push_back(a[a.size() - 2]);
    if (!column) shape->push_back(b.back());
    return {{ElementType::float32, *shape}};
}

Infos batch_normalization(Operands const& operands)
{
    require_float32(operands);
    auto const& shape = operands.shape(0);
    if (shape.size() < 2) operands.reject("its input has shape " + describe(shape));
    for (std::size_t i = 1; i < 5; ++i)
        if (operands.shape(i) != Shape{shape[1]})
            operands.reject(fmt::format("its input '{}' has shape {}, its input has {} channels",
                                        operands.node().inputs[i], describe(operands.shape(i)),
                                        shape[1]));
    return {{ElementType::float32, shape}};
}

/// Scale and shift have one number for each channel.
Infos instance_normalization(Operands const& operands)
{
    require_float32(operands);
    auto const& shape = operands.shape(0);
    if (shape.size() < 3) operands.reject("its input has shape " + describe(shape));
    for (std::size_t i = 1; i < 3; ++i)
        if (operands.shape(i) != Shape{shape[1]})
            operands.reject(fmt::format("its input '{}' has shape {}, its input has {} channels",
                                        operands.node().inputs[i], describe(operands.shape(i)),
                                        shape[1]));
    return {{ElementType::float32, shape}};
}

/// Scale and shift broadcast to the axes that are normalised together.
Infos layer_normalization(Operands const& operands)
{
    require_float32(operands);
    auto const& shape = operands.shape(0);
    auto const first = static_cast<std::ptrdiff_t>(
        resolved_axis(operands, int_attribute(operands.node(), "axis", -1), operands.rank(0)));
    Shape const together(shape.begin() + first, shape.end());
    for (std::size_t i = 1; i < operands.count(); ++i)
        if (operands.has(i) && broadcast(operands.shape(i), together) != together)
            operands.reject(fmt::format("its input '{}' has shape {}; {} are normalised together",
                                        operands.node().inputs[i], describe(operands.shape(i)),
                                        describe(together)));
    return {{ElementType::float32, shape}};
}

/// Softmax and its kin.
Infos along_axis(Operands const& operands)
{
    require_float32(operands);
    resolved_axis(operands, int_attribute(operands.node(), "axis", -1), operands.rank(0));
    return {{ElementType::float32, operands.shape(0)}};
}

/// Of uniform numbers, the last of the showers' inputs, there may be more.
void require_showers(Operands const& operands, std::int64_t layers, std::int64_t primary,
                     std::int64_t uniforms, std::vector<Shape> const& constants)
{
    for (std::size_t i = 0; i <= shower_inputs; ++i) operands.require_type(i, ElementType::float32);
    for (std::size_t i = 0; i < shower_inputs; ++i) operands.require_rank(i, 2);
    auto const showers = operands.shape(0)[0];
    auto const given = std::max(uniforms, operands.shape(shower_inputs - 1)[1]);
    std::vector<Shape> wanted{
        {showers, layers}, {showers, primary}, {showers, 2}, {showers, given}};
    wanted.insert(wanted.end(), constants.begin(), constants.end());
    for (std::size_t i = 0; i < wanted.size(); ++i)
        if (operands.shape(i) != wanted[i])
            operands.reject(fmt::format("its input '{}' has shape {}, not {}",
                                        operands.node().inputs[i], describe(operands.shape(i)),
                                        describe(wanted[i])));
}

Infos drawn_cells(Operands const& operands)
{
    auto const config = pass_config(operands.node());
    require_showers(operands, config.layers, config.primary, config.uniform_count(),
                    {{pass_counts(config)}});
    return {
        {ElementType::float32, {operands.shape(0)[0], config.layers, config.rows, config.columns}}};
}

Infos split_tree(Operands const& operands)
{
    auto const config = split_config(operands.node());
    constexpr std::size_t levels = shower_inputs + 1;
    if ((operands.count() > levels) != config.int8)
        operands.reject(config.int8 ? "it has no levels" : "it has levels, and is not int8");
    if (config.int8) operands.require_type(levels, ElementType::int8);
    auto const counts = split_counts(config);
    std::vector<Shape> constants{{counts.numbers}};
    if (config.int8) constants.push_back({counts.levels});
    require_showers(operands, config.layers, config.primary, config.uniform_count(), constants);
    return {
        {ElementType::float32,
         {operands.shape(0)[0], config.layers, config.tree.cells.rows, config.tree.cells.columns}}};
}

}  // namespace

std::map<std::string, ShapeRule> dense_shape_rules()
{
    return {{"BatchNormalization", batch_normalization},
            {"Conv", convolution},
            {"ConvTranspose", convolution},
            {"Gemm", gemm},
            {"InstanceNormalization", instance_normalization},
            {"LayerNormalization", layer_normalization},
            {"LogSoftmax", along_axis},
            {"LpNormalization", along_axis},
            {"MatMul", matmul},
            {"Softmax", along_axis},
            {split_tree_operator, split_tree},
            {cell_passes_operator, drawn_cells}};
}

}  // namespace lowcal::graph
