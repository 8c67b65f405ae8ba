#include "core/kernels/function_kernels.hpp"

#include "core/kernels/lane_math.hpp"

namespace lowcal::LOWCAL_INSTRUCTION_SET {
namespace {

template <class Function>
void each(float const* x, float* result, std::size_t count, Function function)
{
    std::size_t done = 0;
    for (; done + lanes <= count; done += lanes) store(result + done, function(load(x + done)));
    if (done == count) return;
    float rest[lanes] = {};
    for (std::size_t i = 0; done + i < count; ++i) rest[i] = x[done + i];
    store(rest, function(load(rest)));
    for (std::size_t i = 0; done + i < count; ++i) result[done + i] = rest[i];
}

}  // namespace

void exponentials(float const* x, float* result, std::size_t count)
{
    each(x, result, count, [](Floats number) { return exponential(number); });
}

void logarithms(float const* x, float* result, std::size_t count)
{
    each(x, result, count, [](Floats number) { return logarithm(number); });
}

void hyperbolic_tangents(float const* x, float* result, std::size_t count)
{
    each(x, result, count, [](Floats number) { return hyperbolic_tangent(number); });
}

void cube_roots(float const* x, float* result, std::size_t count)
{
    each(x, result, count, [](Floats number) { return cube_root(number); });
}

}  // namespace lowcal::LOWCAL_INSTRUCTION_SET
