#pragma once

#include "runtime/onednn/dnnl_convolution.hpp"
#include "runtime/steps/finisher.hpp"
#include "runtime/steps/step.hpp"

namespace lowcal::runtime {

/// Buffers that a step reads, writes and uses as scratch.
struct StepBuffers {
    std::size_t source = 0;
    std::size_t destination = 0;
    std::size_t scratch = 0;
    std::size_t bias_operand = 0;   ///< [N, C], where the bias is per shower
    std::size_t shift_operand = 0;  ///< [N, C], where the shift is per shower
};

/// The numbers that one shower's run of a convolution adds; see bias_numbers and shift_numbers.
class ShowerNumbers {
public:
    ShowerNumbers(ConvolutionConfig const& config, Workspace const& workspace, StepBuffers buffers);
    /// Computes those of a shower; allocates nothing.
    void load(std::size_t shower);
    float const* bias() const { return bias_.data(); }
    float const* shift() const { return shift_.data(); }

private:
    ConvolutionConfig const& config_;
    Workspace const& workspace_;
    StepBuffers buffers_;
    std::vector<float> bias_;
    std::vector<float> shift_;
};

/// How often a step runs its primitives, and how far apart the showers of those runs are: a
/// configuration with numbers per shower runs shower by shower, any other the whole batch at once.
struct ShowerLoop {
    std::size_t runs = 1;
    std::size_t source_bytes = 0;
    std::size_t destination_bytes = 0;
};
/// Makes `config` one of single showers where it must be.
ShowerLoop split_batch(ConvolutionConfig& config);

/// A convolution with its epilogue, or oneDNN's own transposed convolution.
class ConvolutionStep : public Step {
public:
    ConvolutionStep(std::string name, ConvolutionConfig config, ConvolutionKind kind);
    void set_buffers(StepBuffers buffers) { buffers_ = buffers; }
    std::size_t scratch_bytes() const { return convolution_.scratch_bytes(); }

    std::unique_ptr<BoundStep> bind(Workspace const& workspace) const override;
    char const* kind() const override;
    double macs() const override { return static_cast<double>(loop_.runs) * convolution_.macs(); }
    double seconds_alone() const override;
    std::size_t constant_bytes() const override { return convolution_.constant_bytes(); }
    bool is_int8() const override { return config_.is_int8(); }
    bool sums_in_onednn() const override { return true; }

private:
    ShowerLoop loop_;
    ConvolutionConfig config_;  ///< without weights
    ConvolutionKind kind_;
    Finisher finisher_;
    DnnlConvolution convolution_;
    StepBuffers buffers_;
};

/// A transposed convolution as its phases: output cells o = s q + r, for each r one small
/// convolution over the input, whose results are interleaved. Does no multiplication by inserted
/// zeros, and uses oneDNN's fast kernels, unlike its own transposed convolution.
class PhasedTransposedStep : public Step {
public:
    /// `config` as for oneDNN's transposed convolution: weights [out, in, kernel...], one group.
    PhasedTransposedStep(std::string name, ConvolutionConfig config);
    void set_buffers(StepBuffers buffers) { buffers_ = buffers; }
    /// Largest phase result, and behind it the primitives' own scratch.
    std::size_t scratch_bytes() const { return phase_bytes_ + primitive_scratch_; }

    std::unique_ptr<BoundStep> bind(Workspace const& workspace) const override;
    char const* kind() const override { return "transposed convolution"; }
    double macs() const override;
    double seconds_alone() const override;
    std::size_t constant_bytes() const override;
    bool is_int8() const override { return config_.is_int8(); }
    bool sums_in_onednn() const override { return true; }

    /// Where a phase's result goes.
    struct Phase {
        std::vector<std::int64_t> first;   ///< r per axis
        std::vector<std::int64_t> counts;  ///< cells per axis
        ConvolutionConfig config;          ///< without weights
        DnnlConvolution convolution;
    };

private:
    ShowerLoop loop_;
    ConvolutionConfig config_;  ///< without weights
    Finisher finisher_;
    std::vector<Phase> phases_;
    std::size_t phase_bytes_ = 0;
    std::size_t primitive_scratch_ = 0;
    StepBuffers buffers_;

    class Bound;
};

/// True if the phases of this transposed convolution can be written as plain convolutions.
bool can_run_in_phases(ConvolutionConfig const& config);

}  // namespace lowcal::runtime
