#include "runtime/steps/finisher.hpp"

#include "runtime/kernels/finish_kernel.hpp"

#include <algorithm>

namespace lowcal::runtime {
namespace {

/// The sign, which NaN may have too.
constexpr std::uint16_t negative = 0x8000U;
constexpr std::uint16_t negative_infinity = 0xff80U;

std::uint16_t rectified(std::uint16_t bfloat16)
{
    return bfloat16 >= negative && bfloat16 <= negative_infinity ? std::uint16_t{0} : bfloat16;
}

}  // namespace

Finisher::Finisher(ConvolutionConfig const& config)
    : needed_(config.is_finished_by_us()),
      shift_set_(config.epilogue.shift.per_shower),
      element_(config.destination_element),
      channels_(config.channels()),
      slope_(config.epilogue.leaky_slope.value_or(1.0F)),
      scale_(config.epilogue.scale)
{
    if (!needed_ || shift_set_ || !has_shift(config)) return;
    shift_.resize(channels_);
    shift_numbers(config, nullptr, shift_);
}

void Finisher::operator()(std::byte* numbers, std::size_t bytes, float const* shift) const
{
    if (!needed_) return;
    if (element_ == Element::bfloat16) {  // ReLU alone: with what else follows it is float32
        auto* const first = reinterpret_cast<std::uint16_t*>(numbers);
        std::transform(first, first + bytes / sizeof *first, first, rectified);
        return;
    }
    static auto const finish = finish_kernels.fastest();
    auto const* const constant = shift_.empty() ? nullptr : shift_.data();
    finish({.numbers = reinterpret_cast<float*>(numbers),
            .cells = bytes / sizeof(float) / channels_,
            .channels = channels_,
            .slope = slope_,
            .scale = scale_.empty() ? nullptr : scale_.data(),
            .shift = shift_set_ ? shift : constant});
}

}  // namespace lowcal::runtime
