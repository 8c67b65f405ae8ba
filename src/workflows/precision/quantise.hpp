#pragma once

#include "graph/ports/house_form.hpp"
#include "quantisation/quantiser.hpp"
#include "quantisation/scales/distortion.hpp"
#include "workflows/precision/tune.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace lowcal::workflows {

/// An int8 network that is to be made of a float32 one.
struct QuantiseRequest {
    std::filesystem::path model{};        ///< ONNX, float32
    std::filesystem::path calibration{};  ///< showers whose energies and conditions are used (HDF5)
    std::filesystem::path out{};          ///< ONNX
    /// What is said of the network beside its file. A detector that neither says is the one of the
    /// calibration file where the cells fit.
    graph::NetworkNotes notes{};
    std::size_t count = 256;  ///< showers to calibrate on
    std::uint64_t seed = 7;   ///< of the latent vectors
    quantisation::Quantiser::Config config{};
    /// Where given, the fastest plan that moves no criterion is looked for; `config` is where that
    /// starts, and folder, identity and seed of the judge are set here.
    std::optional<TuneRequest> tuning{};
    bool require = false;  ///< no plan that moves a criterion is written to `out`
    bool measure = false;  ///< what rounding does to each layer, too
};

struct Quantised {
    quantisation::Int8Network network;
    std::filesystem::path file;  ///< where it was written
    std::string remark{};        ///< what was done otherwise than asked for, and why; else empty
    std::string missed{};        ///< criteria that moved although `require` forbids it, in words
    /// Where measured, one per int8 layer, before and after the means were corrected.
    std::vector<quantisation::LayerDistortion> before{};
    std::vector<quantisation::LayerDistortion> after{};
};

/// Makes the network and writes it: to `out`, or where `require` is not met to
/// `out`.tune/best.onnx. What is recorded of it stands in its metadata `lowcal.quantisation`.
/// Throws InputError.
Quantised quantise(QuantiseRequest const& request);

}  // namespace lowcal::workflows
