#pragma once

#include "graph/model/graph_builder.hpp"

namespace lowcal::quantisation::test {

/// `value` rounded to uint8 levels and back, by a QuantizeLinear and a DequantizeLinear; returns
/// the name of the result, which is `name`.
inline std::string quantised(graph::GraphBuilder& build, std::string const& name,
                             std::string const& value, float scale, std::int64_t zero)
{
    auto const scale_name = build.floats(name + ".scale", {}, {scale});
    graph::Tensor zero_point{.type = graph::ElementType::uint8, .shape = {}};
    zero_point.integers = {zero};
    auto const zero_name = build.constant(name + ".zero", zero_point);
    auto const levels = build.node({.name = name + ".levels",
                                    .op = "QuantizeLinear",
                                    .inputs = {value, scale_name, zero_name}});
    return build.node(
        {.name = name, .op = "DequantizeLinear", .inputs = {levels, scale_name, zero_name}});
}

}  // namespace lowcal::quantisation::test
