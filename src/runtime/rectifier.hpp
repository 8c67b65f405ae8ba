#pragma once

#include "runtime/dnnl_convolution.hpp"

namespace lowcal::runtime {

/// What follows a ReLU behind products in float32 or bfloat16, in a pass of our own: oneDNN's ReLU
/// makes 0 of NaN, which such products may be. Integers are never NaN; there oneDNN does it.
class Rectifier {
public:
    explicit Rectifier(ConvolutionConfig const& config);

    /// Finishes [cells][channels], as many as `bytes`; `shift` are the shower's numbers where the
    /// configuration has such.
    void operator()(std::byte* numbers, std::size_t bytes, float const* shift) const;

private:
    bool needed_;
    bool shift_set_;  ///< given at each call
    Element element_;
    std::size_t channels_;
    std::vector<float> scale_;
    std::vector<float> shift_;
};

}  // namespace lowcal::runtime
