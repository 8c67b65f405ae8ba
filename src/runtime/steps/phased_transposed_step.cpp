#include "runtime/steps/convolution_step.hpp"

#include <cassert>
#include <cstring>

namespace lowcal::runtime {
namespace {

/// One axis of one phase: output cells s q + r are a convolution of the input with every s-th tap.
struct AxisPhase {
    std::int64_t first_tap;  ///< of the transposed kernel
    std::int64_t taps;
    std::int64_t count;  ///< output cells
    std::int64_t padding_before;
    std::int64_t padding_after;
};

AxisPhase axis_phase(ConvolutionConfig const& config, std::size_t axis, std::int64_t phase)
{
    auto const stride = config.strides[axis];
    auto const input = config.source[2 + axis];
    auto const output = config.destination[2 + axis];
    auto const position = phase + config.padding_before[axis];  // in the uncropped output
    AxisPhase result{.first_tap = position % stride,
                     .taps = (config.kernel[axis] - position % stride + stride - 1) / stride,
                     .count = (output - phase + stride - 1) / stride,
                     .padding_before = 0,
                     .padding_after = 0};
    auto const shift = position / stride;  // input cell that tap `first_tap` reads for q = 0
    result.padding_before = result.taps - 1 - shift;
    result.padding_after = result.count - 1 + shift - (input - 1);
    return result;
}

template <class Visit>
void for_each_phase(ConvolutionConfig const& config, Visit&& visit)
{
    auto const axes = config.kernel.size();
    std::vector<std::int64_t> phase(axes, 0);
    for (;;) {
        std::vector<AxisPhase> parts;
        for (std::size_t axis = 0; axis < axes; ++axis)
            parts.push_back(axis_phase(config, axis, phase[axis]));
        visit(phase, parts);
        std::size_t axis = axes;
        while (axis > 0 && ++phase[axis - 1] == config.strides[axis - 1]) phase[--axis] = 0;
        if (axis == 0) return;
    }
}

/// The taps of one phase, reversed: tap t of the convolution is tap first + s (taps - 1 - t).
std::vector<float> phase_weights(ConvolutionConfig const& config,
                                 std::vector<AxisPhase> const& parts)
{
    std::vector<std::int64_t> taps;
    taps.reserve(parts.size());
    for (auto const& part : parts) taps.push_back(part.taps);
    auto const kernel_size = elements(config.kernel);
    auto const tap_count = elements(taps);
    auto const channels = config.weights.size() / kernel_size;
    std::vector<float> weights(channels * tap_count);
    for (std::size_t tap = 0; tap < tap_count; ++tap) {
        std::size_t source = 0, rest = tap, scale = 1;
        for (std::size_t axis = parts.size(); axis-- > 0;) {
            auto const& part = parts[axis];
            auto const t = static_cast<std::int64_t>(rest) % part.taps;
            rest /= static_cast<std::size_t>(part.taps);
            auto const k = part.first_tap + config.strides[axis] * (part.taps - 1 - t);
            source += static_cast<std::size_t>(k) * scale;
            scale *= static_cast<std::size_t>(config.kernel[axis]);
        }
        for (std::size_t channel = 0; channel < channels; ++channel)
            weights[channel * tap_count + tap] = config.weights[channel * kernel_size + source];
    }
    return weights;
}

ConvolutionConfig phase_config(ConvolutionConfig const& whole, std::vector<AxisPhase> const& parts)
{
    auto config = whole;
    config.weights = phase_weights(whole, parts);
    for (std::size_t axis = 0; axis < parts.size(); ++axis) {
        config.kernel[axis] = parts[axis].taps;
        config.destination[2 + axis] = parts[axis].count;
        config.strides[axis] = 1;
        config.padding_before[axis] = parts[axis].padding_before;
        config.padding_after[axis] = parts[axis].padding_after;
    }
    return config;
}

/// Copies cells of a dense phase [N, counts..., C] to every s-th cell of [N, spatial..., C].
class Interleave {
public:
    Interleave(PhasedTransposedStep::Phase const& phase, ConvolutionConfig const& whole)
        : cell_(static_cast<std::size_t>(whole.destination[1]) *
                bytes_of(whole.destination_element))
    {
        // Up to three spatial axes; missing outer ones have size 1.
        auto const& destination = whole.destination;
        auto const& strides = whole.strides;
        std::size_t step = cell_;
        for (std::size_t i = 3, axis = strides.size(); i-- > 0;) {
            if (axis == 0) continue;
            --axis;
            counts_[i] = static_cast<std::size_t>(phase.counts[axis]);
            first_ += static_cast<std::size_t>(phase.first[axis]) * step;
            steps_[i] = static_cast<std::size_t>(strides[axis]) * step;
            step *= static_cast<std::size_t>(destination[2 + axis]);
        }
        shower_ = step;
        showers_ = static_cast<std::size_t>(destination[0]);
    }

    void operator()(std::byte const* source, std::byte* destination) const
    {
        for (std::size_t n = 0; n < showers_; ++n)
            for (std::size_t i = 0; i < counts_[0]; ++i)
                for (std::size_t j = 0; j < counts_[1]; ++j) {
                    auto* row = destination + n * shower_ + first_ + i * steps_[0] + j * steps_[1];
                    for (std::size_t k = 0; k < counts_[2]; ++k, source += cell_, row += steps_[2])
                        std::memcpy(row, source, cell_);
                }
    }

private:
    std::size_t cell_;
    std::size_t counts_[3] = {1, 1, 1};
    std::size_t steps_[3] = {0, 0, 0};
    std::size_t first_ = 0;
    std::size_t shower_ = 0;
    std::size_t showers_ = 0;
};

}  // namespace

namespace {

constexpr std::int64_t most_phases = 1000;  ///< each is a primitive of its own

}  // namespace

bool can_run_in_phases(ConvolutionConfig const& config)
{
    if (config.groups != 1) return false;
    std::int64_t phases = 1;
    for (std::size_t axis = 0; axis < config.kernel.size(); ++axis) {
        // More steps than taps leave phases without any.
        if (config.dilations[axis] != 0 || config.strides[axis] > config.kernel[axis]) return false;
        phases *= config.strides[axis];
        if (phases > most_phases) return false;
    }
    bool possible = true;
    for_each_phase(config, [&](auto const&, std::vector<AxisPhase> const& parts) {
        for (auto const& part : parts)
            possible = possible && part.taps > 0 && part.count > 0 && part.padding_before >= 0 &&
                       part.padding_after >= 0;
    });
    return possible;
}

PhasedTransposedStep::PhasedTransposedStep(std::string name, ConvolutionConfig config)
    : Step(std::move(name)), loop_(split_batch(config)), config_(config), finisher_(config)
{
    assert(can_run_in_phases(config));
    config_.weights.clear();
    config_.weights.shrink_to_fit();
    for_each_phase(
        config, [&](std::vector<std::int64_t> const& first, std::vector<AxisPhase> const& parts) {
            auto phase = phase_config(config, parts);
            DnnlConvolution convolution(phase, ConvolutionKind::forward);
            phase.weights.clear();
            phase.weights.shrink_to_fit();
            std::vector<std::int64_t> counts;
            counts.reserve(parts.size());
            for (auto const& part : parts) counts.push_back(part.count);
            auto const bytes = elements(phase.destination) * bytes_of(config.destination_element);
            phase_bytes_ = std::max(phase_bytes_, (bytes + 63) / 64 * 64);
            primitive_scratch_ = std::max(primitive_scratch_, convolution.scratch_bytes());
            phases_.push_back({.first = first,
                               .counts = counts,
                               .config = std::move(phase),
                               .convolution = std::move(convolution)});
        });
}

/// Runs one phase after the other through the same scratch memory, which stays in cache.
class PhasedTransposedStep::Bound : public BoundStep {
public:
    Bound(PhasedTransposedStep const& step, Workspace const& workspace)
        : workspace_(workspace),
          buffers_(step.buffers_),
          loop_(step.loop_),
          finisher_(step.finisher_),
          numbers_(step.config_, workspace, step.buffers_)
    {
        auto* const scratch = workspace.data(step.buffers_.scratch) + step.phase_bytes_;
        for (auto const& phase : step.phases_) {
            bound_.emplace_back(phase.convolution, scratch);
            interleave_.emplace_back(phase, step.config_);
            phase_bytes_.push_back(elements(phase.config.destination) *
                                   bytes_of(phase.config.destination_element));
        }
    }
    void run() override
    {
        auto* const result = workspace_.data(buffers_.scratch);
        auto const* source = workspace_.data(buffers_.source);
        auto* destination = workspace_.data(buffers_.destination);
        for (std::size_t shower = 0; shower < loop_.runs; ++shower) {
            numbers_.load(shower);
            for (std::size_t i = 0; i < bound_.size(); ++i) {
                bound_[i].set_numbers(numbers_.bias(), numbers_.shift());
                bound_[i].run(source, result);
                finisher_(result, phase_bytes_[i], numbers_.shift());
                interleave_[i](result, destination);
            }
            source += loop_.source_bytes;
            destination += loop_.destination_bytes;
        }
    }

private:
    Workspace const& workspace_;
    StepBuffers buffers_;
    ShowerLoop loop_;
    Finisher const& finisher_;
    ShowerNumbers numbers_;
    std::vector<DnnlConvolution::Bound> bound_;
    std::vector<Interleave> interleave_;
    std::vector<std::size_t> phase_bytes_;
};

std::unique_ptr<BoundStep> PhasedTransposedStep::bind(Workspace const& workspace) const
{
    return std::make_unique<Bound>(*this, workspace);
}

std::size_t PhasedTransposedStep::constant_bytes() const
{
    std::size_t bytes = 0;
    for (auto const& phase : phases_) bytes += phase.convolution.constant_bytes();
    return bytes;
}

double PhasedTransposedStep::macs() const
{
    double total = 0;
    for (auto const& phase : phases_) total += phase.convolution.macs();
    return static_cast<double>(loop_.runs) * total;
}

double PhasedTransposedStep::seconds_alone() const
{
    double total = 0;
    for (auto const& phase : phases_) total += time_alone(phase.config, ConvolutionKind::forward);
    return static_cast<double>(loop_.runs) * total;
}

}  // namespace lowcal::runtime
