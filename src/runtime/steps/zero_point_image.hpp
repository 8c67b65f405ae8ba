#pragma once

#include "runtime/onednn/dnnl_convolution.hpp"

#include <vector>

namespace lowcal::runtime {

/// What takes a uint8 source's zero point out of a padded convolution's accumulators: -(zero point)
/// x (sum of the weights whose taps lie within the source), [spatial..., C]. Cells of the padding
/// count as zero levels then, not as the zero point. Accumulators are float32 when it is added:
/// exact to 2^24.
std::vector<float> zero_point_image(ConvolutionConfig const& config);

/// Whether adding the image beats oneDNN's own zero point. That one makes its int8 kernels compute
/// the padding: 16 % slower (conv2d's layers, AVX2, AVX-512 and VNNI alike) and up to 30 % in three
/// dimensions. The image costs a read of 4 bytes for each number of the result, too much where that
/// takes few products. Elsewhere than on x86-64 oneDNN 2.6 adds the image's numbers at wrong
/// places.
bool gains_from_zero_point_image(ConvolutionConfig const& config);

}  // namespace lowcal::runtime
