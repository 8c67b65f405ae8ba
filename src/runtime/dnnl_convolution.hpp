#pragma once

#include "runtime/dnnl_compat.hpp"
#include "runtime/value.hpp"

#include <optional>
#include <span>
#include <vector>

namespace lowcal::runtime {

/// What follows a convolution, fused into it: result -> activation -> x scale + shift.
struct Epilogue {
    std::optional<float> leaky_slope;  ///< LeakyReLU; 0 is ReLU
    std::vector<float> scale;          ///< per channel, behind the activation; empty: 1
    std::vector<float> shift;          ///< per channel, behind the activation; empty: 0
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
    std::vector<float> weights;  ///< [out, in / groups, kernel...]
    std::vector<float> bias;     ///< [out] or empty
    Epilogue epilogue;
    Element source_element = Element::float32;
    Element destination_element = Element::float32;
};

enum class ConvolutionKind { forward, transposed };

/// Seconds per run of the primitive in the layout that oneDNN prefers, without post-ops.
double time_alone(ConvolutionConfig const& config, ConvolutionKind kind);

/// One oneDNN primitive with its weights packed; immutable after construction.
class DnnlConvolution {
public:
    DnnlConvolution(ConvolutionConfig const& config, ConvolutionKind kind);

    std::size_t scratch_bytes() const { return scratch_.get_size(); }
    double macs() const { return macs_; }

    /// The primitive tied to memory; source and destination may be bound anew before each run.
    class Bound {
    public:
        Bound(DnnlConvolution const& convolution, std::byte* scratch);
        void run(std::byte const* source, std::byte* destination);

    private:
        DnnlConvolution const& convolution_;
        dnnl::stream stream_;
        dnnl::memory source_, destination_, scratch_;
        std::vector<dnnl_exec_arg_t> arguments_;
    };

private:
    dnnl::engine engine_;
    dnnl::primitive primitive_;
    dnnl::memory::desc source_, destination_, scratch_;
    dnnl::memory weights_, bias_;
    std::vector<dnnl::memory> post_memories_;  ///< one per binary post-op, in order
    std::vector<int> post_arguments_;
    double macs_ = 0;
};

}  // namespace lowcal::runtime
