#include "runtime/steps/convolution_step.hpp"

#include <algorithm>

namespace lowcal::runtime {
namespace {

class BoundConvolution : public BoundStep {
public:
    BoundConvolution(DnnlConvolution const& convolution, Finisher const& finisher,
                     ConvolutionConfig const& config, ShowerLoop loop, Workspace const& workspace,
                     StepBuffers buffers)
        : bound_(convolution, workspace.data(buffers.scratch)),
          finisher_(finisher),
          numbers_(config, workspace, buffers),
          result_bytes_(elements(config.destination) * bytes_of(config.destination_element)),
          loop_(loop),
          workspace_(workspace),
          buffers_(buffers)
    {
    }
    void run() override
    {
        auto const* source = workspace_.data(buffers_.source);
        auto* destination = workspace_.data(buffers_.destination);
        for (std::size_t shower = 0; shower < loop_.runs; ++shower) {
            numbers_.load(shower);
            bound_.set_numbers(numbers_.bias(), numbers_.shift());
            bound_.run(source, destination);
            finisher_(destination, result_bytes_, numbers_.shift());
            source += loop_.source_bytes;
            destination += loop_.destination_bytes;
        }
    }

private:
    DnnlConvolution::Bound bound_;
    Finisher const& finisher_;
    ShowerNumbers numbers_;
    std::size_t result_bytes_;
    ShowerLoop loop_;
    Workspace const& workspace_;
    StepBuffers buffers_;
};

}  // namespace

ShowerNumbers::ShowerNumbers(ConvolutionConfig const& config, Workspace const& workspace,
                             StepBuffers buffers)
    : config_(config),
      workspace_(workspace),
      buffers_(buffers),
      bias_(config.channels()),
      shift_(config.channels())
{
}

void ShowerNumbers::load(std::size_t shower)
{
    auto operand = [&](std::size_t buffer) {
        return reinterpret_cast<float const*>(workspace_.data(buffer)) +
               shower * config_.channels();
    };
    if (config_.bias.per_shower) bias_numbers(config_, operand(buffers_.bias_operand), bias_);
    if (config_.epilogue.shift.per_shower)
        shift_numbers(config_, operand(buffers_.shift_operand), shift_);
    // A float32 convolution carries NaN on; what is rounded to levels or fused behind integers may
    // not.
    auto const is_nan = [](float number) { return number != number; };
    if (config_.is_int8() && (std::any_of(bias_.begin(), bias_.end(), is_nan) ||
                              std::any_of(shift_.begin(), shift_.end(), is_nan)))
        workspace_.note_lost_nan();
}

ShowerLoop split_batch(ConvolutionConfig& config)
{
    ShowerLoop loop;
    if (!config.per_shower()) return loop;
    loop.runs = static_cast<std::size_t>(config.source[0]);
    config.source[0] = config.destination[0] = 1;
    loop.source_bytes = elements(config.source) * bytes_of(config.source_element);
    loop.destination_bytes = elements(config.destination) * bytes_of(config.destination_element);
    return loop;
}

ConvolutionStep::ConvolutionStep(std::string name, ConvolutionConfig config, ConvolutionKind kind)
    : Step(std::move(name)),
      loop_(split_batch(config)),
      config_(without_weights(config)),
      kind_(kind),
      finisher_(config),
      convolution_(config, kind)
{
}

std::unique_ptr<BoundStep> ConvolutionStep::bind(Workspace const& workspace) const
{
    return std::make_unique<BoundConvolution>(convolution_, finisher_, config_, loop_, workspace,
                                              buffers_);
}

char const* ConvolutionStep::kind() const
{
    return kind_ == ConvolutionKind::forward ? "convolution" : "transposed convolution";
}

double ConvolutionStep::seconds_alone() const
{
    return static_cast<double>(loop_.runs) * time_alone(config_, kind_);
}

}  // namespace lowcal::runtime
