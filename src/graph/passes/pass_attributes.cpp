#include "core/error.hpp"
#include "graph/passes/pass_config.hpp"
#include "graph/patterns/attribute_fields.hpp"

#include <array>

namespace lowcal::graph {
namespace {

constexpr std::array fields{
    AttributeField{"bright_width", 1, most_width},  AttributeField{"classes", 1, most_classes},
    AttributeField{"columns", 1, most_cells_along}, AttributeField{"context_width", 1, most_width},
    AttributeField{"energy_width", 1, most_width},  AttributeField{"hidden", 1, most_width},
    AttributeField{"layers", 1, most_cells_along},  AttributeField{"primary", 1, most_width},
    AttributeField{"round_columns", 0, 1},          AttributeField{"round_rows", 0, 1},
    AttributeField{"rows", 1, most_cells_along}};

}  // namespace

std::map<std::string, Attribute> attributes_of(PassConfig const& config)
{
    return {{"bright_width", config.bright},
            {"classes", config.classes},
            {"columns", config.columns},
            {"context_width", config.context},
            {"energy_width", config.energy},
            {"hidden", config.hidden},
            {"layers", config.layers},
            {"least", config.least},
            {"primary", config.primary},
            {"round_columns", std::int64_t{config.round_columns}},
            {"round_rows", std::int64_t{config.round_rows}},
            {"rows", config.rows},
            {"unit", config.unit}};
}

PassConfig pass_config(Node const& node)
{
    auto numbers = read_fields(node, fields);
    auto const [unit, least] = read_energies(node);
    PassConfig const config{.layers = numbers["layers"],
                            .rows = numbers["rows"],
                            .columns = numbers["columns"],
                            .primary = numbers["primary"],
                            .round_rows = numbers["round_rows"] == 1,
                            .round_columns = numbers["round_columns"] == 1,
                            .hidden = numbers["hidden"],
                            .context = numbers["context_width"],
                            .energy = numbers["energy_width"],
                            .bright = numbers["bright_width"],
                            .classes = numbers["classes"],
                            .unit = unit,
                            .least = least};
    if (config.classes % group_classes != 0)
        throw InputError(describe(node), "its " + std::to_string(config.classes) +
                                             " classes are no groups of " +
                                             std::to_string(group_classes));
    if (config.layers * config.cells() > most_blocks)
        throw InputError(describe(node), "it makes too many cells");
    return config;
}

}  // namespace lowcal::graph
