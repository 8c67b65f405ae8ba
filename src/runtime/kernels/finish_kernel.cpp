#include "runtime/kernels/finish_kernel.hpp"

#include "core/kernels/lanes.hpp"

namespace lowcal::runtime::LOWCAL_INSTRUCTION_SET {
namespace {

/// What stands for numbers that are not above 0: 0 even for infinity.
template <class Number>
Number below(Number x, float slope)
{
    return slope == 0.0F ? Number{} : x * slope;
}

void activate(float* numbers, std::size_t count, float slope)
{
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        auto const x = load(numbers + i);
        store(numbers + i, x <= 0.0F ? below(x, slope) : x);
    }
    for (; i < count; ++i)
        if (numbers[i] <= 0.0F) numbers[i] = below(numbers[i], slope);
}

void scale_cell(float* numbers, Finish const& run)
{
    for (std::size_t c = 0; c < run.channels; ++c) {
        if (run.scale != nullptr) numbers[c] *= run.scale[c];
        if (run.shift != nullptr) numbers[c] += run.shift[c];
    }
}

}  // namespace

void finish(Finish const& run)
{
    if (run.slope != 1.0F) activate(run.numbers, run.cells * run.channels, run.slope);
    if (run.scale == nullptr && run.shift == nullptr) return;
    for (std::size_t cell = 0; cell < run.cells; ++cell)
        scale_cell(run.numbers + cell * run.channels, run);
}

}  // namespace lowcal::runtime::LOWCAL_INSTRUCTION_SET
