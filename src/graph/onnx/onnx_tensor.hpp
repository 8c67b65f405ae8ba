#pragma once

#include "graph/model/graph.hpp"

namespace onnx {
class TensorProto;
}

namespace lowcal::graph {

/// Throws InputError: `where` ("the initializer 'w'") cannot be read.
[[noreturn]] void reject_tensor(std::string const& where, std::string const& why,
                                std::string const& suggestion = {});

/// A stored tensor as plain data; `where` ("the initializer 'w'") stands in messages. Sizes are
/// checked against the stored bytes before anything is allocated. Throws InputError for other
/// element types, data outside the file, impossible shapes and sizes that do not fit the data.
Tensor tensor_of(onnx::TensorProto const& proto, std::string const& where);

/// Fills `proto`, all types as raw little-endian bytes, 16-bit types as 16 bits.
void fill_proto(Tensor const& tensor, onnx::TensorProto& proto);

}  // namespace lowcal::graph
