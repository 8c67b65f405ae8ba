#pragma once

#include "graph/model/integer_list.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace lowcal::graph {

/// Element types that a network may hold.
enum class ElementType { float32, float16, bfloat16, int8, uint8, int32, int64, boolean };

/// Sizes of a tensor's dimensions; the batch dimension of inputs and outputs is `batch_dimension`.
using Shape = std::vector<std::int64_t>;

/// Dimensions that a value may have.
inline constexpr std::size_t most_dimensions = 8;

/// Stands for N, the number of showers of a call, in `Value::shape`.
inline constexpr std::int64_t batch_dimension = -1;

/// A constant tensor: weights, scales, shapes.
///
/// `floats` holds the values of float32, float16 and bfloat16 tensors, all widened to float32 (a
/// 16-bit type is kept in `type` so that it is written back as such); `integers` those of all other
/// types. Exactly one of the two has `product(shape)` elements, row-major.
struct Tensor {
    ElementType type = ElementType::float32;
    Shape shape{};
    std::vector<float> floats{};
    IntegerList integers{};
};

/// Value of an attribute of a node, as ONNX has it.
using Attribute = std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>,
                               std::vector<float>, Tensor>;

/// One operation, with ONNX's operator name and meaning (opset of the graph).
struct Node {
    std::string name;                    ///< unique in the graph
    std::string op;                      ///< "Conv", "LeakyRelu", ...
    std::vector<std::string> inputs{};   ///< names of values; an empty name is an absent input
    std::vector<std::string> outputs{};  ///< names of values
    std::map<std::string, Attribute> attributes{};
};

/// An input or output of the network.
struct Value {
    std::string name;
    ElementType type = ElementType::float32;
    Shape shape{};  ///< may contain batch_dimension in front
};

/// A network as plain data: nodes in an order in which each comes after those it reads.
struct Graph {
    std::string name;
    std::int64_t opset = 17;
    std::vector<Value> inputs;
    std::vector<Value> outputs;
    std::vector<Node> nodes;
    std::map<std::string, Tensor> constants;      ///< initialisers by value name
    std::map<std::string, std::string> metadata;  ///< ONNX metadata_props, keys "lowcal.*"
};

/// Number of elements. Throws InputError if a size is negative or the product exceeds 63 bits.
std::int64_t element_count(Shape const& shape);
/// Along each axis of element `index` in row-major order.
std::vector<std::int64_t> indices_of(std::int64_t index, Shape const& shape);

/// Attributes with ONNX's defaults; throw InputError naming the node if the type is another.
std::int64_t int_attribute(Node const& node, std::string const& key, std::int64_t fallback);
float float_attribute(Node const& node, std::string const& key, float fallback);
std::string string_attribute(Node const& node, std::string const& key, std::string fallback);
std::vector<std::int64_t> ints_attribute(Node const& node, std::string const& key,
                                         std::vector<std::int64_t> fallback);

/// "Conv node 'branch_x.conv4'": how messages name a node.
std::string describe(Node const& node);

}  // namespace lowcal::graph
