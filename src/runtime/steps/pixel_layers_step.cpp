#include "runtime/steps/pixel_layers_step.hpp"

#include <algorithm>

namespace lowcal::runtime {
namespace {

constexpr auto channels = static_cast<std::int64_t>(PixelLayers::channels);

bool is_pixel_layer(ConvolutionConfig const& config)
{
    auto const all = [](std::vector<std::int64_t> const& numbers, std::int64_t number) {
        return std::all_of(numbers.begin(), numbers.end(), [=](auto n) { return n == number; });
    };
    auto const& epilogue = config.epilogue;
    return config.is_int8() && config.groups == 1 && all(config.kernel, 1) &&
           all(config.strides, 1) && all(config.padding_before, 0) &&
           all(config.padding_after, 0) && !config.per_shower() && epilogue.scale.empty() &&
           !epilogue.shift.any() && config.destination[1] <= channels;
}

class BoundPixelLayers : public BoundStep {
public:
    BoundPixelLayers(PixelLayers const& layers, std::size_t pixels, Workspace const& workspace,
                     PixelLayersStep::Buffers buffers)
        : layers_(layers),
          pixels_(pixels),
          workspace_(workspace),
          buffers_(buffers),
          run_(pixel_layers_kernel())
    {
    }
    void run() override
    {
        run_(layers_, pixels_,
             reinterpret_cast<std::uint8_t const*>(workspace_.data(buffers_.source)),
             reinterpret_cast<float*>(workspace_.data(buffers_.destination)));
    }

private:
    PixelLayers const& layers_;
    std::size_t pixels_;
    Workspace const& workspace_;
    PixelLayersStep::Buffers buffers_;
    PixelLayersKernel run_;
};

}  // namespace

bool can_start_pixel_layers(ConvolutionConfig const& first)
{
    auto const inputs = first.source[1];
    auto const slope = first.epilogue.leaky_slope;
    return pixel_layers_kernel() != nullptr && is_pixel_layer(first) &&
           (inputs == channels || inputs == channels / 2) && slope && *slope <= 1.0F &&
           first.destination_element == Element::uint8;
}

bool can_end_pixel_layers(ConvolutionConfig const& second)
{
    return is_pixel_layer(second) && !second.epilogue.leaky_slope &&
           second.destination_element == Element::float32;
}

PixelLayersStep::Numbers::Numbers(ConvolutionConfig const& config)
    : weights(PixelLayers::channels * PixelLayers::channels, 0),
      start(PixelLayers::channels, 0),
      bias(PixelLayers::channels, 0.0F),
      scale(PixelLayers::channels, 0.0F)
{
    auto const outputs = config.channels();
    auto const inputs = static_cast<std::size_t>(config.source[1]);
    for (std::size_t o = 0; o < outputs; ++o)
        for (std::size_t i = 0; i < inputs; ++i) {
            auto const level = static_cast<std::int8_t>(config.weights[o * inputs + i]);
            auto const four = i / PixelLayers::together, place = i % PixelLayers::together;
            weights[(four * PixelLayers::channels + o) * PixelLayers::together + place] = level;
            start[o] -= config.source_levels.zero_point * level;
        }
    bias_numbers(config, nullptr, std::span(bias).first(outputs));
    auto const scales = result_scales(config);
    std::copy(scales.begin(), scales.end(), scale.begin());
}

PixelLayers::Layer PixelLayersStep::Numbers::layer() const
{
    return {.weights = weights.data(),
            .start = start.data(),
            .bias = bias.data(),
            .scale = scale.data()};
}

PixelLayersStep::PixelLayersStep(std::string name, ConvolutionConfig first,
                                 ConvolutionConfig second)
    : Step(std::move(name)),
      first_numbers_(first),
      second_numbers_(second),
      first_(without_weights(std::move(first))),
      second_(without_weights(std::move(second))),
      layers_{.first = first_numbers_.layer(),
              .second = second_numbers_.layer(),
              .inputs = static_cast<std::size_t>(first_.source[1]),
              .outputs = second_.channels(),
              .slope = *first_.epilogue.leaky_slope,
              .shift = static_cast<float>(first_.destination_levels.zero_point)}
{
}

std::unique_ptr<BoundStep> PixelLayersStep::bind(Workspace const& workspace) const
{
    auto const pixels = elements(first_.source) / layers_.inputs;
    return std::make_unique<BoundPixelLayers>(layers_, pixels, workspace, buffers_);
}

double PixelLayersStep::macs() const
{
    return macs_of(first_, ConvolutionKind::forward) + macs_of(second_, ConvolutionKind::forward);
}

double PixelLayersStep::seconds_alone() const
{
    return time_alone(first_, ConvolutionKind::forward) +
           time_alone(second_, ConvolutionKind::forward);
}

}  // namespace lowcal::runtime
