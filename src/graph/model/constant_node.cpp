#include "graph/model/constant_node.hpp"

#include "core/error.hpp"
#include "graph/model/element_type.hpp"

#include <fmt/format.h>

namespace lowcal::graph {
namespace {

Tensor integer_tensor(Shape shape, std::vector<std::int64_t> const& values)
{
    return {ElementType::int64, std::move(shape), {}, values};
}

Tensor float_tensor(Shape shape, std::vector<float> values)
{
    return {ElementType::float32, std::move(shape), std::move(values), {}};
}

template <typename T>
Shape length_of(std::vector<T> const& values)
{
    return {static_cast<std::int64_t>(values.size())};
}

struct TensorOf {
    Tensor operator()(std::int64_t value) const { return integer_tensor({}, {value}); }
    Tensor operator()(float value) const { return float_tensor({}, {value}); }
    Tensor operator()(std::string const&) const { return {}; }  // `check` allows no text
    Tensor operator()(std::vector<std::int64_t> const& values) const
    {
        return integer_tensor(length_of(values), values);
    }
    Tensor operator()(std::vector<float> const& values) const
    {
        return float_tensor(length_of(values), values);
    }
    Tensor operator()(Tensor const& value) const { return value; }
};

}  // namespace

void check_constant(Tensor const& tensor, std::string const& where)
{
    if (tensor.shape.size() > most_dimensions)
        throw InputError("cannot use " + where,
                         fmt::format("it has {} dimensions; {} are supported", tensor.shape.size(),
                                     most_dimensions));
    auto const count = bounded_element_count(tensor.shape);
    if (!count)
        throw InputError("cannot use " + where,
                         "its shape " + describe(tensor.shape) + " is impossible or too large");
    auto const expected = static_cast<std::size_t>(*count);
    auto const floats = is_floating(tensor.type) ? expected : 0;
    if (tensor.floats.size() != floats || tensor.integers.size() != expected - floats)
        throw InputError("cannot use " + where,
                         fmt::format("its shape {} needs {} elements of {}; it holds {}",
                                     describe(tensor.shape), expected, describe(tensor.type),
                                     tensor.floats.size() + tensor.integers.size()));
}

Tensor constant_of(Node const& node)
{
    if (node.attributes.size() != 1)
        throw InputError("cannot use " + describe(node), "it must hold exactly one value");
    auto tensor = std::visit(TensorOf{}, node.attributes.begin()->second);
    check_constant(tensor, describe(node));
    return tensor;
}

}  // namespace lowcal::graph
