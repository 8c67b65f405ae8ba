#include "workflows/precision/store_model.hpp"

#include "graph/onnx/onnx_file.hpp"
#include "quantisation/form/canonical_form.hpp"
#include "quantisation/store_as.hpp"

#include <fmt/format.h>

namespace lowcal::workflows {

void store_in_16_bits(std::filesystem::path const& model, std::string const& precision,
                      std::filesystem::path const& out, graph::NetworkNotes const& notes)
{
    auto const type =
        precision == "f16" ? graph::ElementType::float16 : graph::ElementType::bfloat16;
    auto network = graph::read_generator(model, notes);
    quantisation::refuse_quantised(network);
    auto stored = quantisation::with_stored_weights(std::move(network), type);
    stored.metadata["lowcal.quantisation"] =
        fmt::format("source_sha256 {}\nprecision {}\n", graph::network_sha256(model), precision);
    graph::write_onnx(stored, out);
}

}  // namespace lowcal::workflows
