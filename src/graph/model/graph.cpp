#include "graph/model/graph.hpp"

#include "core/error.hpp"

namespace lowcal::graph {
namespace {

template <typename T>
T attribute_or(Node const& node, std::string const& key, T fallback, char const* kind)
{
    auto const found = node.attributes.find(key);
    if (found == node.attributes.end()) return fallback;
    auto const* value = std::get_if<T>(&found->second);
    if (!value)
        throw InputError("cannot use " + describe(node),
                         "its attribute '" + key + "' is not " + kind);
    return *value;
}

}  // namespace

std::int64_t element_count(Shape const& shape)
{
    std::int64_t count = 1;
    for (auto const size : shape)
        if (size < 0 || __builtin_mul_overflow(count, size, &count))
            throw InputError("cannot use a tensor", "its sizes are impossible");
    return count;
}

std::vector<std::int64_t> indices_of(std::int64_t index, Shape const& shape)
{
    std::vector<std::int64_t> indices(shape.size());
    for (std::size_t axis = shape.size(); axis-- > 0; index /= shape[axis])
        indices[axis] = index % shape[axis];
    return indices;
}

std::int64_t int_attribute(Node const& node, std::string const& key, std::int64_t fallback)
{
    return attribute_or(node, key, fallback, "an integer");
}

float float_attribute(Node const& node, std::string const& key, float fallback)
{
    return attribute_or(node, key, fallback, "a floating-point number");
}

std::string string_attribute(Node const& node, std::string const& key, std::string fallback)
{
    return attribute_or(node, key, std::move(fallback), "a text");
}

std::vector<std::int64_t> ints_attribute(Node const& node, std::string const& key,
                                         std::vector<std::int64_t> fallback)
{
    return attribute_or(node, key, std::move(fallback), "a list of integers");
}

std::string describe(Node const& node)
{
    return node.op + " node '" + node.name + "'";
}

}  // namespace lowcal::graph
