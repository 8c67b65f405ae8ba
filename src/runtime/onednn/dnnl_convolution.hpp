#pragma once

#include "runtime/onednn/dnnl_compat.hpp"
#include "runtime/steps/value.hpp"

#include <optional>
#include <span>
#include <vector>

namespace lowcal::runtime {

/// One number per channel that is added: a constant, or one that the network computes for each
/// shower (operand [N, C]), or both.
struct PerChannel {
    std::vector<float> constant;  ///< empty: 0
    bool per_shower = false;      ///< an operand comes on top
    bool any() const { return per_shower || !constant.empty(); }
};

/// What follows a convolution, fused into it: result + bias -> activation -> x scale + shift.
struct Epilogue {
    std::optional<float> leaky_slope;  ///< LeakyReLU; 0 is ReLU
    std::vector<float> scale;          ///< per channel, behind the activation; empty: 1
    PerChannel shift;                  ///< behind the activation
};

/// A convolution as the lowering sees it; channels last in memory.
struct ConvolutionConfig {
    std::vector<std::int64_t> source;       ///< N, C, spatial
    std::vector<std::int64_t> destination;  ///< N, C, spatial
    std::vector<std::int64_t> kernel;       ///< spatial
    std::vector<std::int64_t> strides;
    std::vector<std::int64_t> dilations;  ///< 0: none
    std::vector<std::int64_t> padding_before;
    std::vector<std::int64_t> padding_after;
    std::int64_t groups = 1;
    std::vector<float> weights;  ///< [out, in / groups, kernel...]; levels where weight_scales are
    std::vector<float> weight_scales{};  ///< [out]; not empty: int8 weights, and a uint8 source
    PerChannel bias;
    Epilogue epilogue;
    Element source_element = Element::float32;
    Element destination_element = Element::float32;
    Levels source_levels{};         ///< of a uint8 source
    bool zero_point_image = false;  ///< a batch of one; see zero_point_image.hpp
    Levels destination_levels{};    ///< of a uint8 destination

    bool is_int8() const { return !weight_scales.empty(); }
    /// What follows the products is not the primitive's (finisher.hpp).
    bool is_finished_by_us() const;
    /// Showers have numbers of their own, or their own run.
    bool per_shower() const
    {
        return bias.per_shower || epilogue.shift.per_shower || zero_point_image;
    }
    std::size_t channels() const { return static_cast<std::size_t>(destination[1]); }
};

/// oneDNN 2.6's convolutions where the CPU has no AVX2, of x86 or another architecture, take the
/// numbers of wrong channels for volumes (scale and shift of an epilogue).
bool volumes_get_wrong_numbers(std::size_t spatial_axes);

/// The numbers that a primitive adds, in its own units: bias before the activation (int8: in the
/// unit of the accumulator), shift behind it (in levels of a uint8 result, its zero point
/// included). `operand` is the shower's [C], or null.
void bias_numbers(ConvolutionConfig const& config, float const* operand, std::span<float> numbers);
void shift_numbers(ConvolutionConfig const& config, float const* operand, std::span<float> numbers);
/// What the accumulator and its bias are multiplied by; int8 only, [C].
std::vector<float> result_scales(ConvolutionConfig const& config);
/// Whether the primitive adds such numbers at all.
bool has_shift(ConvolutionConfig const& config);

enum class ConvolutionKind { forward, transposed };

/// Multiply-accumulates of one run.
double macs_of(ConvolutionConfig const& config, ConvolutionKind kind);
/// What is left to keep once a primitive has packed the weights.
ConvolutionConfig without_weights(ConvolutionConfig config);

/// Seconds per run of the primitive in the layout that oneDNN prefers, without post-ops.
double time_alone(ConvolutionConfig const& config, ConvolutionKind kind);

/// One oneDNN primitive with its weights packed; immutable after construction.
class DnnlConvolution {
public:
    DnnlConvolution(ConvolutionConfig const& config, ConvolutionKind kind);

    std::size_t scratch_bytes() const { return scratch_.get_size(); }
    double macs() const { return macs_; }
    std::size_t constant_bytes() const;

    /// The primitive tied to memory; source and destination may be bound anew before each run.
    class Bound {
    public:
        Bound(DnnlConvolution const& convolution, std::byte* scratch);
        void run(std::byte const* source, std::byte* destination);
        /// For configurations that are per shower: the numbers of the next run, which must live
        /// until then; ignored where they are constant.
        void set_numbers(float const* bias, float const* shift);

    private:
        DnnlConvolution const& convolution_;
        dnnl::stream stream_;
        dnnl::memory source_, destination_, scratch_, bias_, shift_;
        std::vector<dnnl_exec_arg_t> arguments_;
    };

private:
    dnnl::engine engine_;
    dnnl::primitive primitive_;
    dnnl::memory::desc source_, destination_, scratch_;
    dnnl::memory weights_;
    dnnl::memory::desc bias_description_, shift_description_;
    int shift_argument_ = 0;                ///< 0: none
    bool bias_set_ = false;                 ///< given at each run
    bool shift_set_ = false;                ///< given at each run
    std::vector<ExtraArgument> constants_;  ///< of every run
    double macs_ = 0;

    void append_epilogue(dnnl::post_ops& post_ops, ConvolutionConfig const& config);
    void append_constant(dnnl::post_ops& post_ops, dnnl::algorithm algorithm,
                         dnnl::memory::desc const& description, std::vector<float> const& numbers);
    /// Zero point and scales of the accumulator.
    void append_zero_point_image(dnnl::post_ops& post_ops, ConvolutionConfig const& config);
};

}  // namespace lowcal::runtime
