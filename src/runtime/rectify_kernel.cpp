#include "runtime/rectify_kernel.hpp"

#include "core/lanes.hpp"

namespace lowcal::runtime::LOWCAL_INSTRUCTION_SET {
namespace {

Floats rectified(Floats x)
{
    return x <= 0.0F ? Floats{} : x;
}

void rectify_all(float* numbers, std::size_t count)
{
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes) store(numbers + i, rectified(load(numbers + i)));
    for (; i < count; ++i) numbers[i] = numbers[i] <= 0.0F ? 0.0F : numbers[i];
}

void scale_cell(float* numbers, Rectification const& run)
{
    for (std::size_t c = 0; c < run.channels; ++c) {
        if (run.scale != nullptr) numbers[c] *= run.scale[c];
        if (run.shift != nullptr) numbers[c] += run.shift[c];
    }
}

}  // namespace

void rectify(Rectification const& run)
{
    rectify_all(run.numbers, run.cells * run.channels);
    if (run.scale == nullptr && run.shift == nullptr) return;
    for (std::size_t cell = 0; cell < run.cells; ++cell)
        scale_cell(run.numbers + cell * run.channels, run);
}

}  // namespace lowcal::runtime::LOWCAL_INSTRUCTION_SET
