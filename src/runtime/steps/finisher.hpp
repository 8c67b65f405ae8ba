#pragma once

#include "runtime/onednn/dnnl_convolution.hpp"

namespace lowcal::runtime {

/// What follows a convolution's products in float32 or bfloat16, in a pass of our own where oneDNN
/// does not do it right: its ReLU makes 0 of NaN, which such products may be (integers never are),
/// and without AVX2 it confuses the channels of volumes.
class Finisher {
public:
    explicit Finisher(ConvolutionConfig const& config);

    /// Finishes [cells][channels], as many as `bytes`; `shift` are the shower's numbers where the
    /// configuration has such.
    void operator()(std::byte* numbers, std::size_t bytes, float const* shift) const;

private:
    bool needed_;
    bool shift_set_;  ///< given at each call
    Element element_;
    std::size_t channels_;
    float slope_;
    std::vector<float> scale_;
    std::vector<float> shift_;
};

}  // namespace lowcal::runtime
