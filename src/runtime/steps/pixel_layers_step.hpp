#pragma once

#include "runtime/kernels/pixel_layers_kernel.hpp"
#include "runtime/onednn/dnnl_convolution.hpp"
#include "runtime/steps/step.hpp"

namespace lowcal::runtime {

/// Two int8 convolutions of 1 x 1, one behind the other, in one pass over the pixels: faster than
/// one by one, because images so small are mostly what a call costs and what memory takes.
class PixelLayersStep : public Step {
public:
    struct Buffers {
        std::size_t source = 0;
        std::size_t destination = 0;
    };
    /// Of configurations for which can_start_pixel_layers and can_end_pixel_layers hold.
    PixelLayersStep(std::string name, ConvolutionConfig first, ConvolutionConfig second);
    void set_buffers(Buffers buffers) { buffers_ = buffers; }

    std::unique_ptr<BoundStep> bind(Workspace const& workspace) const override;
    char const* kind() const override { return "pixel layers"; }
    double macs() const override;
    double seconds_alone() const override;
    bool is_int8() const override { return true; }

private:
    /// Constants of a layer, padded.
    struct Numbers {
        explicit Numbers(ConvolutionConfig const& config);
        PixelLayers::Layer layer() const;
        std::vector<std::int8_t> weights;
        std::vector<std::int32_t> start;
        std::vector<float> bias, scale;
    };
    Numbers first_numbers_, second_numbers_;
    ConvolutionConfig first_, second_;  ///< without weights
    PixelLayers layers_;
    Buffers buffers_;
};

/// True if this CPU has a kernel for this layer as the first: 16 or 32 channels in, at most 32 out,
/// which are levels behind a LeakyReLU.
bool can_start_pixel_layers(ConvolutionConfig const& first);
/// True if this layer, whose source the first one makes, can follow: at most 32 channels in
/// float32.
bool can_end_pixel_layers(ConvolutionConfig const& second);

}  // namespace lowcal::runtime
