#include "runtime/convolution_step.hpp"

namespace lowcal::runtime {
namespace {

ConvolutionConfig without_weights(ConvolutionConfig config)
{
    config.weights.clear();
    config.weights.shrink_to_fit();
    return config;
}

class BoundConvolution : public BoundStep {
public:
    BoundConvolution(DnnlConvolution const& convolution, Workspace const& workspace,
                     StepBuffers buffers)
        : bound_(convolution, workspace.data(buffers.scratch)),
          workspace_(workspace),
          buffers_(buffers)
    {
    }
    void run() override
    {
        bound_.run(workspace_.data(buffers_.source), workspace_.data(buffers_.destination));
    }

private:
    DnnlConvolution::Bound bound_;
    Workspace const& workspace_;
    StepBuffers buffers_;
};

}  // namespace

ConvolutionStep::ConvolutionStep(std::string name, ConvolutionConfig config, ConvolutionKind kind)
    : Step(std::move(name)),
      config_(without_weights(config)),
      kind_(kind),
      convolution_(config, kind)
{
}

std::unique_ptr<BoundStep> ConvolutionStep::bind(Workspace const& workspace) const
{
    return std::make_unique<BoundConvolution>(convolution_, workspace, buffers_);
}

char const* ConvolutionStep::kind() const
{
    return kind_ == ConvolutionKind::forward ? "convolution" : "transposed convolution";
}

double ConvolutionStep::seconds_alone() const
{
    return time_alone(config_, kind_);
}

}  // namespace lowcal::runtime
