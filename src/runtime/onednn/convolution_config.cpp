// What a ConvolutionConfig says, without oneDNN.

#include "runtime/onednn/dnnl_convolution.hpp"
#include "runtime/onednn/x86_cpu.hpp"

#include <algorithm>
#include <cmath>

namespace lowcal::runtime {
namespace {

/// What a real number is multiplied by to be in the unit of the result.
double result_unit(ConvolutionConfig const& config)
{
    bool const levels = config.destination_element == Element::uint8;
    return levels ? 1.0 / static_cast<double>(config.destination_levels.scale) : 1.0;
}

}  // namespace

bool volumes_get_wrong_numbers(std::size_t spatial_axes)
{
    return spatial_axes == 3 && !has_x86(dnnl::cpu_isa::avx2);
}

bool ConvolutionConfig::is_finished_by_us() const
{
    bool const per_channel = !epilogue.scale.empty() || epilogue.shift.any();
    return !is_int8() && (epilogue.leaky_slope == 0.0F ||
                          (per_channel && volumes_get_wrong_numbers(kernel.size())));
}

double macs_of(ConvolutionConfig const& config, ConvolutionKind kind)
{
    auto const& counted = kind == ConvolutionKind::forward ? config.destination : config.source;
    auto const other = kind == ConvolutionKind::forward ? config.source[1] : config.destination[1];
    double macs = static_cast<double>(other) / static_cast<double>(config.groups);
    for (auto const size : counted) macs *= static_cast<double>(size);
    for (auto const size : config.kernel) macs *= static_cast<double>(size);
    return macs;
}

ConvolutionConfig without_weights(ConvolutionConfig config)
{
    config.weights.clear();
    config.weights.shrink_to_fit();
    return config;
}

void bias_numbers(ConvolutionConfig const& config, float const* operand, std::span<float> numbers)
{
    for (std::size_t o = 0; o < numbers.size(); ++o) {
        double value =
            config.bias.constant.empty() ? 0.0 : static_cast<double>(config.bias.constant[o]);
        if (operand != nullptr) value += static_cast<double>(operand[o]);
        double unit = result_unit(config);
        if (config.is_int8())
            unit = 1.0 / (static_cast<double>(config.weight_scales[o]) *
                          static_cast<double>(config.source_levels.scale));
        numbers[o] = static_cast<float>(value * unit);
    }
}

void shift_numbers(ConvolutionConfig const& config, float const* operand, std::span<float> numbers)
{
    auto const& shift = config.epilogue.shift;
    bool const levels = config.destination_element == Element::uint8;
    for (std::size_t o = 0; o < numbers.size(); ++o) {
        double value = shift.constant.empty() ? 0.0 : static_cast<double>(shift.constant[o]);
        if (operand != nullptr) value += static_cast<double>(operand[o]);
        value *= result_unit(config);
        if (levels) value += config.destination_levels.zero_point;
        numbers[o] = static_cast<float>(value);
    }
}

std::vector<float> result_scales(ConvolutionConfig const& config)
{
    std::vector<float> scales;
    for (float const scale : config.weight_scales)
        scales.push_back(static_cast<float>(static_cast<double>(scale) *
                                            static_cast<double>(config.source_levels.scale) *
                                            result_unit(config)));
    return scales;
}

bool has_shift(ConvolutionConfig const& config)
{
    return config.epilogue.shift.any() || (config.destination_element == Element::uint8 &&
                                           config.destination_levels.zero_point != 0);
}

}  // namespace lowcal::runtime
