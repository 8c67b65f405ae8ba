#include "graph/patterns/attribute_fields.hpp"

#include "core/error.hpp"

#include <cmath>
#include <string>

namespace lowcal::graph {

std::map<std::string_view, std::int64_t> read_fields(Node const& node,
                                                     std::span<AttributeField const> expected)
{
    std::map<std::string_view, std::int64_t> numbers;
    for (auto const& field : expected) {
        auto const number = int_attribute(node, field.name, field.absent);
        if (number < field.least || number > field.most)
            throw InputError(describe(node), "its attribute '" + std::string(field.name) + "' is " +
                                                 std::to_string(number));
        numbers[field.name] = number;
    }
    return numbers;
}

EnergyFields read_energies(Node const& node)
{
    EnergyFields const energies{.unit = float_attribute(node, "unit", 0),
                                .least = float_attribute(node, "least", 0)};
    for (float const number : {energies.unit, energies.least})
        if (!(number > 0) || !std::isfinite(number))
            throw InputError(describe(node),
                             "its unit or least energy is " + std::to_string(number));
    return energies;
}

}  // namespace lowcal::graph
