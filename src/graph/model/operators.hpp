#pragma once

#include "graph/model/graph.hpp"

#include <cstddef>
#include <limits>
#include <optional>

namespace lowcal::graph {

enum class AttributeKind { integer, number, text, integers, numbers, tensor };

/// What an attribute of an operator may be.
struct AttributeRule {
    std::string name;
    AttributeKind kind;
    bool required = false;
    std::vector<std::string> texts = {};     ///< allowed texts; empty: any
    std::optional<std::int64_t> least = {};  ///< of an integer or each of a list
    std::optional<std::int64_t> most = {};   ///< of an integer or each of a list
};

inline constexpr std::size_t any_number = std::numeric_limits<std::size_t>::max();

/// What a node of one operator may look like (opset 13 to 17).
struct OperatorRule {
    std::string op;
    std::size_t least_inputs;
    std::size_t most_inputs;
    std::vector<AttributeRule> attributes = {};
    std::size_t most_outputs = 1;
};

/// Our own operators' set and its version; all others are ONNX's.
inline constexpr char const* own_domain = "lowcal";
inline constexpr std::int64_t own_version = 1;
/// Divides the energies of layers into cells (graph/patterns/split_network.hpp): inputs layers
/// [N, layers], primary [N, P], entry [N, 2], uniform [N, U], weights [W]; output [N, layers, rows,
/// columns].
inline constexpr char const* split_tree_operator = "SplitTree";
/// Draws cells from the energies of layers in passes over the volume
/// (graph/passes/pass_network.hpp): inputs and output as SplitTree's.
inline constexpr char const* cell_passes_operator = "CellPasses";
/// Inputs of either that are the showers'; the others are constants.
inline constexpr std::size_t shower_inputs = 4;
/// Whether it is one of ours.
inline bool is_own(std::string const& op)
{
    return op == split_tree_operator || op == cell_passes_operator;
}

/// The rule of an operator; null if it is not supported.
OperatorRule const* find_operator(std::string const& op);

/// "Abs, Add, ...": all supported operators, for messages.
std::string supported_operators();

}  // namespace lowcal::graph
