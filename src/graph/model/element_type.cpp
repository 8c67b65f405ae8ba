#include "graph/model/element_type.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <limits>

namespace lowcal::graph {
namespace {

struct TypeRow {
    ElementType type;
    char const* name;
    std::int64_t code;  // onnx::TensorProto::DataType
    std::int64_t bytes;
};

constexpr std::array<TypeRow, 8> type_rows{{{ElementType::float32, "float32", 1, 4},
                                            {ElementType::float16, "float16", 10, 2},
                                            {ElementType::bfloat16, "bfloat16", 16, 2},
                                            {ElementType::int8, "int8", 3, 1},
                                            {ElementType::uint8, "uint8", 2, 1},
                                            {ElementType::int32, "int32", 6, 4},
                                            {ElementType::int64, "int64", 7, 8},
                                            {ElementType::boolean, "bool", 9, 1}}};

TypeRow const& row_of(ElementType type)
{
    auto const* row = std::find_if(type_rows.begin(), type_rows.end(),
                                   [type](auto const& entry) { return entry.type == type; });
    assert(row != type_rows.end());
    return *row;
}

}  // namespace

std::string describe(ElementType type)
{
    return row_of(type).name;
}

std::string describe(Shape const& shape)
{
    std::string text = "[";
    for (std::size_t d = 0; d < shape.size(); ++d) {
        if (d > 0) text += ", ";
        text += shape[d] == batch_dimension ? "N" : std::to_string(shape[d]);
    }
    return text + "]";
}

bool is_floating(ElementType type)
{
    return type == ElementType::float32 || type == ElementType::float16 ||
           type == ElementType::bfloat16;
}

std::int64_t bytes_per_element(ElementType type)
{
    return row_of(type).bytes;
}

std::int64_t onnx_code(ElementType type)
{
    return row_of(type).code;
}

std::optional<ElementType> element_type_of_code(std::int64_t code)
{
    for (auto const& row : type_rows)
        if (row.code == code) return row.type;
    return std::nullopt;
}

namespace {

/// A type that is read as another one.
struct ForeignType {
    std::int64_t code;  // onnx::TensorProto::DataType
    ElementType read_as;
    std::int64_t bytes;
};

constexpr std::array<ForeignType, 5> foreign_types{{{4, ElementType::int64, 2},     // uint16
                                                    {5, ElementType::int64, 2},     // int16
                                                    {11, ElementType::float32, 8},  // double
                                                    {12, ElementType::int64, 4},    // uint32
                                                    {13, ElementType::int64, 8}}};  // uint64

}  // namespace

std::optional<ElementType> read_type_of_code(std::int64_t code)
{
    for (auto const& row : foreign_types)
        if (row.code == code) return row.read_as;
    return element_type_of_code(code);
}

std::optional<std::int64_t> stored_bytes_of_code(std::int64_t code)
{
    for (auto const& row : foreign_types)
        if (row.code == code) return row.bytes;
    if (auto const type = element_type_of_code(code)) return bytes_per_element(*type);
    return std::nullopt;
}

IntegerRange integer_range(ElementType type)
{
    switch (type) {
        case ElementType::int8:
            return {-128, 127};
        case ElementType::uint8:
            return {0, 255};
        case ElementType::int32:
            return {std::numeric_limits<std::int32_t>::min(),
                    std::numeric_limits<std::int32_t>::max()};
        case ElementType::boolean:
            return {0, 1};
        default:
            assert(type == ElementType::int64);
            return {std::numeric_limits<std::int64_t>::min(),
                    std::numeric_limits<std::int64_t>::max()};
    }
}

std::optional<std::int64_t> bounded_element_count(Shape const& shape)
{
    if (std::any_of(shape.begin(), shape.end(), [](auto size) { return size < 0; }))
        return std::nullopt;
    if (std::any_of(shape.begin(), shape.end(), [](auto size) { return size == 0; })) return 0;
    std::int64_t count = 1;
    for (auto const size : shape) {
        if (size > largest_element_count / count) return std::nullopt;
        count *= size;
    }
    return count;
}

}  // namespace lowcal::graph
