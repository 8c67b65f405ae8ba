#include "graph/model/operands.hpp"

#include "core/error.hpp"
#include "graph/model/element_type.hpp"

#include <fmt/format.h>

namespace lowcal::graph {

std::int64_t Operands::rank(std::size_t i) const
{
    return static_cast<std::int64_t>(shape(i).size());
}

Tensor const& Operands::constant(std::size_t i, std::string const& what) const
{
    if (!has(i)) reject(fmt::format("its input {}, {}, is absent", i, what));
    if (!inputs_[i].constant)
        reject(fmt::format("its input '{}', {}, is computed by the network", node_.inputs[i], what),
               "it must be a constant: export the network with fixed sizes");
    return *inputs_[i].constant;
}

std::vector<std::int64_t> Operands::integers(std::size_t i, std::string const& what) const
{
    auto const& tensor = constant(i, what);
    if (tensor.type != ElementType::int64 && tensor.type != ElementType::int32)
        reject(fmt::format("its input '{}', {}, is of type {}, not of integers", node_.inputs[i],
                           what, describe(tensor.type)));
    if (tensor.shape.size() > 1)
        reject(fmt::format("its input '{}', {}, has shape {}; a list is needed", node_.inputs[i],
                           what, describe(tensor.shape)));
    return tensor.integers.values();
}

void Operands::reject(std::string const& why, std::string const& suggestion) const
{
    throw InputError("cannot use " + describe(node_), why, suggestion);
}

void Operands::require_type(std::size_t i, ElementType wanted) const
{
    if (!has(i) || type(i) == wanted) return;
    reject(fmt::format("its input '{}' is of type {}, not {}", node_.inputs[i], describe(type(i)),
                       describe(wanted)),
           is_floating(type(i)) ? "put a Cast to float32 before it" : "");
}

void Operands::require_rank(std::size_t i, std::int64_t wanted) const
{
    if (!has(i) || rank(i) == wanted) return;
    reject(fmt::format("its input '{}' has shape {}; {} dimensions are needed", node_.inputs[i],
                       describe(shape(i)), wanted));
}

}  // namespace lowcal::graph
