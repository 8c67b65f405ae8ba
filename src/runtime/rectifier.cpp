#include "runtime/rectifier.hpp"

#include "runtime/rectify_kernel.hpp"

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

Rectifier::Rectifier(ConvolutionConfig const& config)
    : needed_(config.is_rectified_by_us()),
      shift_set_(config.epilogue.shift.per_shower),
      element_(config.destination_element),
      channels_(config.channels()),
      scale_(config.epilogue.scale)
{
    if (!needed_ || shift_set_ || !has_shift(config)) return;
    shift_.resize(channels_);
    shift_numbers(config, nullptr, shift_);
}

void Rectifier::operator()(std::byte* numbers, std::size_t bytes, float const* shift) const
{
    if (!needed_) return;
    if (element_ == Element::bfloat16) {  // a scale or shift behind it has made it float32
        auto* const first = reinterpret_cast<std::uint16_t*>(numbers);
        std::transform(first, first + bytes / sizeof *first, first, rectified);
        return;
    }
    static auto const rectify = rectify_kernels.fastest();
    auto const* const constant = shift_.empty() ? nullptr : shift_.data();
    rectify({.numbers = reinterpret_cast<float*>(numbers),
             .cells = bytes / sizeof(float) / channels_,
             .channels = channels_,
             .scale = scale_.empty() ? nullptr : scale_.data(),
             .shift = shift_set_ ? shift : constant});
}

}  // namespace lowcal::runtime
