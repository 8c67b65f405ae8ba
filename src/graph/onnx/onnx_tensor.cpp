#include "graph/onnx/onnx_tensor.hpp"

#include "core/error.hpp"
#include "graph/model/element_type.hpp"
#include "graph/model/half_float.hpp"

#include <fmt/format.h>
#include <onnx/onnx_pb.h>

#include <bit>
#include <cstddef>
#include <cstring>
#include <utility>

namespace lowcal::graph {
namespace {

static_assert(std::endian::native == std::endian::little, "ONNX stores little-endian bytes");

/// Calls `visit` with an object of the C++ type in which a file stores this element type.
template <typename Visit>
void with_stored_type(ElementType type, Visit visit)
{
    switch (type) {
        case ElementType::float32:
            return visit(float{});
        case ElementType::float16:
        case ElementType::bfloat16:
            return visit(std::uint16_t{});
        case ElementType::int8:
            return visit(std::int8_t{});
        case ElementType::uint8:
        case ElementType::boolean:
            return visit(std::uint8_t{});
        case ElementType::int32:
            return visit(std::int32_t{});
        case ElementType::int64:
            return visit(std::int64_t{});
    }
}

float widen(ElementType type, std::uint16_t bits)
{
    return type == ElementType::float16 ? widen_float16(bits) : widen_bfloat16(bits);
}

std::uint16_t narrow(ElementType type, float value)
{
    return type == ElementType::float16 ? narrow_to_float16(value) : narrow_to_bfloat16(value);
}

void append(Tensor& tensor, float value)
{
    tensor.floats.push_back(value);
}

template <typename Integer>
void append(Tensor& tensor, Integer value)
{
    if constexpr (std::is_same_v<Integer, std::uint16_t>)
        tensor.floats.push_back(widen(tensor.type, value));
    else
        tensor.integers.push_back(value);
}

template <typename Stored>
void append_raw(Tensor& tensor, std::string const& bytes)
{
    for (std::size_t offset = 0; offset < bytes.size(); offset += sizeof(Stored)) {
        Stored value;
        std::memcpy(&value, bytes.data() + offset, sizeof(Stored));
        append(tensor, value);
    }
}

/// int32_data holds every type of at most 32 bits but float32; 16-bit floats by their bits.
void append_int32_data(Tensor& tensor, onnx::TensorProto const& proto, std::string const& where)
{
    bool const half = is_floating(tensor.type);
    auto const range = half ? IntegerRange{0, 0xffff} : integer_range(tensor.type);
    for (auto const value : proto.int32_data()) {
        if (value < range.lowest || value > range.highest)
            reject_tensor(where, fmt::format("its element {} does not fit into {}", value,
                                             describe(tensor.type)));
        if (half)
            append(tensor, static_cast<std::uint16_t>(value));
        else
            append(tensor, value);
    }
}

ElementType type_of(onnx::TensorProto const& proto, std::string const& where)
{
    auto const type = read_type_of_code(proto.data_type());
    if (type) return *type;
    reject_tensor(where,
                  fmt::format("its element type number {} is not supported", proto.data_type()),
                  "supported are floating-point numbers and integers of 8 to 64 bits, and bool");
}

void require_plain_storage(onnx::TensorProto const& proto, std::string const& where)
{
    if (proto.data_location() == onnx::TensorProto::EXTERNAL || proto.external_data_size() > 0)
        reject_tensor(where, "its data stand in another file", "give the network's file beside it");
    if (proto.has_segment()) reject_tensor(where, "it is stored in segments");
}

bool is_own_type(onnx::TensorProto const& proto)
{
    return element_type_of_code(proto.data_type()).has_value();
}

/// Calls `visit` with an object of the C++ type in which a file stores a type that is read as
/// another one.
template <typename Visit>
void with_foreign_type(std::int32_t code, Visit visit)
{
    switch (code) {
        case onnx::TensorProto::DOUBLE:
            return visit(double{});
        case onnx::TensorProto::INT16:
            return visit(std::int16_t{});
        case onnx::TensorProto::UINT16:
            return visit(std::uint16_t{});
        case onnx::TensorProto::UINT32:
            return visit(std::uint32_t{});
        default:
            return visit(std::uint64_t{});
    }
}

/// Doubles are rounded to float32; integers must fit 64 bits with a sign.
template <typename Stored>
void append_foreign(Tensor& tensor, Stored value, std::string const& where)
{
    if constexpr (std::is_floating_point_v<Stored>) {
        tensor.floats.push_back(static_cast<float>(value));
    } else {
        if (!std::in_range<std::int64_t>(value))
            reject_tensor(where, fmt::format("its element {} is too large", value));
        tensor.integers.push_back(static_cast<std::int64_t>(value));
    }
}

/// The field of typed data in which ONNX puts such a type.
auto const& typed_data(double, onnx::TensorProto const& proto)
{
    return proto.double_data();
}
auto const& typed_data(std::int16_t, onnx::TensorProto const& proto)
{
    return proto.int32_data();
}
auto const& typed_data(std::uint16_t, onnx::TensorProto const& proto)
{
    return proto.int32_data();
}
auto const& typed_data(std::uint32_t, onnx::TensorProto const& proto)
{
    return proto.uint64_data();
}
auto const& typed_data(std::uint64_t, onnx::TensorProto const& proto)
{
    return proto.uint64_data();
}

template <typename Stored>
void append_all_foreign(Tensor& tensor, onnx::TensorProto const& proto, std::string const& where)
{
    if (!proto.has_raw_data()) {
        for (auto const value : typed_data(Stored{}, proto)) append_foreign(tensor, value, where);
        return;
    }
    auto const& bytes = proto.raw_data();
    for (std::size_t offset = 0; offset < bytes.size(); offset += sizeof(Stored)) {
        Stored value;
        std::memcpy(&value, bytes.data() + offset, sizeof(Stored));
        append_foreign(tensor, value, where);
    }
}

std::int64_t foreign_count(onnx::TensorProto const& proto)
{
    std::int64_t count = 0;
    with_foreign_type(proto.data_type(), [&](auto stored) {
        auto const bytes = proto.raw_data().size();
        if (!proto.has_raw_data())
            count = typed_data(stored, proto).size();
        else
            count =
                bytes % sizeof stored == 0 ? static_cast<std::int64_t>(bytes / sizeof stored) : -1;
    });
    return count;
}

std::int64_t stored_count(ElementType type, onnx::TensorProto const& proto)
{
    if (!is_own_type(proto)) return foreign_count(proto);
    if (proto.has_raw_data()) {
        auto const bytes = static_cast<std::int64_t>(proto.raw_data().size());
        auto const step = bytes_per_element(type);
        return bytes % step == 0 ? bytes / step : -1;
    }
    if (type == ElementType::float32) return proto.float_data_size();
    if (type == ElementType::int64) return proto.int64_data_size();
    return proto.int32_data_size();
}

/// Checks sizes before memory is asked for.
std::size_t require_size(Tensor const& tensor, onnx::TensorProto const& proto,
                         std::string const& where)
{
    auto const count = bounded_element_count(tensor.shape);
    if (!count)
        reject_tensor(where, "its shape " + describe(tensor.shape) + " is impossible or too large");
    if (stored_count(tensor.type, proto) != *count)
        reject_tensor(where,
                      fmt::format("its shape {} needs {} elements of {}; the file holds {}",
                                  describe(tensor.shape), *count, describe(tensor.type),
                                  proto.has_raw_data()
                                      ? fmt::format("{} bytes", proto.raw_data().size())
                                      : fmt::format("{}", stored_count(tensor.type, proto))));
    return static_cast<std::size_t>(*count);
}

}  // namespace

void reject_tensor(std::string const& where, std::string const& why, std::string const& suggestion)
{
    throw InputError("cannot read " + where, why, suggestion);
}

Tensor tensor_of(onnx::TensorProto const& proto, std::string const& where)
{
    require_plain_storage(proto, where);
    Tensor tensor;
    tensor.type = type_of(proto, where);
    tensor.shape.assign(proto.dims().begin(), proto.dims().end());
    auto const count = require_size(tensor, proto, where);
    if (is_floating(tensor.type))
        tensor.floats.reserve(count);
    else
        tensor.integers.reserve(count);
    if (!is_own_type(proto))
        with_foreign_type(proto.data_type(), [&](auto stored) {
            append_all_foreign<decltype(stored)>(tensor, proto, where);
        });
    else if (proto.has_raw_data())
        with_stored_type(tensor.type, [&](auto stored) {
            append_raw<decltype(stored)>(tensor, proto.raw_data());
        });
    else if (tensor.type == ElementType::float32)
        tensor.floats.assign(proto.float_data().begin(), proto.float_data().end());
    else if (tensor.type == ElementType::int64)
        tensor.integers.assign(proto.int64_data().begin(), proto.int64_data().end());
    else
        append_int32_data(tensor, proto, where);
    return tensor;
}

void fill_proto(Tensor const& tensor, onnx::TensorProto& proto)
{
    proto.set_data_type(static_cast<std::int32_t>(onnx_code(tensor.type)));
    for (auto const size : tensor.shape) proto.add_dims(size);
    auto& bytes = *proto.mutable_raw_data();
    auto const append_bytes = [&bytes](auto value) {
        bytes.append(reinterpret_cast<char const*>(&value), sizeof value);
    };
    for (auto const value : tensor.floats) {
        if (tensor.type == ElementType::float32)
            append_bytes(value);
        else
            append_bytes(narrow(tensor.type, value));
    }
    with_stored_type(tensor.type, [&](auto stored) {
        for (auto const value : tensor.integers) append_bytes(static_cast<decltype(stored)>(value));
    });
}

}  // namespace lowcal::graph
