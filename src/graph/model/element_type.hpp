#pragma once

#include "graph/model/graph.hpp"

#include <optional>
#include <string>

namespace lowcal::graph {

/// "float32", "int8", ...
std::string describe(ElementType type);

/// "[N, 25, 25]"; N stands for the batch dimension.
std::string describe(Shape const& shape);

/// float32, float16 and bfloat16: the types whose values stand in `Tensor::floats`.
bool is_floating(ElementType type);

/// Bytes of one element in a file.
std::int64_t bytes_per_element(ElementType type);

/// ONNX's number of a type, as the attribute `to` of Cast holds it.
std::int64_t onnx_code(ElementType type);

/// The type that ONNX gives this number; nothing if networks here cannot hold it.
std::optional<ElementType> element_type_of_code(std::int64_t code);

/// The type as which numbers of this type of ONNX's are read: wider integers as int64, double as
/// float32 (rounded), others as they are. Nothing for what is no number.
std::optional<ElementType> read_type_of_code(std::int64_t code);

/// Bytes of one element of a type that `read_type_of_code` knows, as files store it.
std::optional<std::int64_t> stored_bytes_of_code(std::int64_t code);

/// Integers that a type can hold; bool counts 0 and 1. The type must not be floating.
struct IntegerRange {
    std::int64_t lowest;
    std::int64_t highest;
};
IntegerRange integer_range(ElementType type);

/// No tensor may have more elements than this (1 GiB of float32): its bytes are counted in 32 bits
/// in places that are not ours.
inline constexpr std::int64_t largest_element_count = std::int64_t{1} << 28;

/// Number of elements; nothing if a size is negative or the product exceeds the largest count.
std::optional<std::int64_t> bounded_element_count(Shape const& shape);

}  // namespace lowcal::graph
