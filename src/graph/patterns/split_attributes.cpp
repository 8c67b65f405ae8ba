#include "core/error.hpp"
#include "graph/patterns/attribute_fields.hpp"
#include "graph/patterns/split_config.hpp"

#include <array>

namespace lowcal::graph {
namespace {

constexpr std::array fields{AttributeField{"columns", 1, most_cells_along},
                            AttributeField{"development", 0, 1, 0},
                            AttributeField{"energy_width", 1, most_width},
                            AttributeField{"int8", 0, 1, 0},
                            AttributeField{"layers", 1, most_cells_along},
                            AttributeField{"lead_columns", 0, most_cells_along},
                            AttributeField{"lead_rows", 0, most_cells_along},
                            AttributeField{"primary", 1, most_width},
                            AttributeField{"round_columns", 0, 1},
                            AttributeField{"round_rows", 0, 1},
                            AttributeField{"rows", 1, most_cells_along},
                            AttributeField{"single_width", 0, most_width, 0},
                            AttributeField{"trunk_width", 1, most_width}};

}  // namespace

std::map<std::string, Attribute> attributes_of(SplitNetworkConfig const& config)
{
    std::map<std::string, Attribute> attributes{
        {"columns", config.tree.cells.columns},
        {"energy_width", config.energy},
        {"int8", std::int64_t{config.int8}},
        {"layers", config.layers},
        {"lead_columns", config.tree.lead.columns},
        {"lead_rows", config.tree.lead.rows},
        {"least", config.least},
        {"primary", config.primary},
        {"round_columns", std::int64_t{config.round_columns}},
        {"round_rows", std::int64_t{config.round_rows}},
        {"rows", config.tree.cells.rows},
        {"trunk_width", config.trunk},
        {"unit", config.unit}};
    if (config.single > 0) attributes["single_width"] = config.single;
    if (config.development) attributes["development"] = std::int64_t{1};
    return attributes;
}

SplitNetworkConfig split_config(Node const& node)
{
    auto numbers = read_fields(node, fields);
    auto const [unit, least] = read_energies(node);
    SplitNetworkConfig config{.layers = numbers["layers"],
                              .primary = numbers["primary"],
                              .round_rows = numbers["round_rows"] == 1,
                              .round_columns = numbers["round_columns"] == 1,
                              .trunk = numbers["trunk_width"],
                              .energy = numbers["energy_width"],
                              .single = numbers["single_width"],
                              .development = numbers["development"] == 1,
                              .unit = unit,
                              .least = least,
                              .int8 = numbers["int8"] == 1};
    BlockGrid const cells{.rows = numbers["rows"], .columns = numbers["columns"]};
    BlockGrid const lead{.rows = numbers["lead_rows"], .columns = numbers["lead_columns"]};
    if (config.layers * (cells.rows + lead.rows) * (cells.columns + lead.columns) > most_blocks)
        throw InputError(describe(node), "it makes too many cells");
    config.tree = split_tree(cells, lead);
    return config;
}

std::vector<std::int8_t> levels_of(Tensor const& tensor)
{
    std::vector<std::int8_t> levels;
    levels.reserve(tensor.integers.size());
    for (auto const level : tensor.integers) levels.push_back(static_cast<std::int8_t>(level));
    return levels;
}

}  // namespace lowcal::graph
