#include "core/error.hpp"
#include "graph/patterns/split_config.hpp"

#include <array>
#include <cmath>

namespace lowcal::graph {
namespace {

/// A number of the configuration and the range that it may have.
struct Field {
    char const* name;
    std::int64_t least, most;
    std::int64_t absent = -1;  ///< what it is where the node does not say it
};
constexpr std::int64_t most_cells_along = 4096;
constexpr std::int64_t most_width = 4096;
constexpr std::array fields{Field{"columns", 1, most_cells_along},
                            Field{"development", 0, 1, 0},
                            Field{"energy_width", 1, most_width},
                            Field{"int8", 0, 1, 0},
                            Field{"layers", 1, most_cells_along},
                            Field{"lead_columns", 0, most_cells_along},
                            Field{"lead_rows", 0, most_cells_along},
                            Field{"primary", 1, most_width},
                            Field{"round_columns", 0, 1},
                            Field{"round_rows", 0, 1},
                            Field{"rows", 1, most_cells_along},
                            Field{"single_width", 0, most_width, 0},
                            Field{"trunk_width", 1, most_width}};
constexpr std::int64_t most_blocks = std::int64_t{1} << 22;

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
    std::map<std::string_view, std::int64_t> numbers;
    for (auto const& field : fields) {
        auto const number = int_attribute(node, field.name, field.absent);
        if (number < field.least || number > field.most)
            throw InputError(describe(node), "its attribute '" + std::string(field.name) + "' is " +
                                                 std::to_string(number));
        numbers[field.name] = number;
    }
    SplitNetworkConfig config{.layers = numbers["layers"],
                              .primary = numbers["primary"],
                              .round_rows = numbers["round_rows"] == 1,
                              .round_columns = numbers["round_columns"] == 1,
                              .trunk = numbers["trunk_width"],
                              .energy = numbers["energy_width"],
                              .single = numbers["single_width"],
                              .development = numbers["development"] == 1,
                              .unit = float_attribute(node, "unit", 0),
                              .least = float_attribute(node, "least", 0),
                              .int8 = numbers["int8"] == 1};
    BlockGrid const cells{.rows = numbers["rows"], .columns = numbers["columns"]};
    BlockGrid const lead{.rows = numbers["lead_rows"], .columns = numbers["lead_columns"]};
    if (config.layers * (cells.rows + lead.rows) * (cells.columns + lead.columns) > most_blocks)
        throw InputError(describe(node), "it makes too many cells");
    for (float const number : {config.unit, config.least})
        if (!(number > 0) || !std::isfinite(number))
            throw InputError(describe(node),
                             "its unit or least energy is " + std::to_string(number));
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
