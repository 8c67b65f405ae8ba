#include "graph/patterns/stored_numbers.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace lowcal::graph {
namespace {

std::int64_t with_levels(std::vector<NumberLevels> const& levels)
{
    return std::ranges::count_if(levels, [](auto const& one) { return one.scale > 0; });
}

void start(SplitWeights::Dense& to, std::int64_t inputs, std::int64_t outputs)
{
    to.inputs = inputs;
    to.outputs = outputs;
    to.weights.resize(static_cast<std::size_t>(inputs * outputs));
}

float& weight(SplitWeights::Dense& to, std::int64_t input, std::int64_t output)
{
    return to.weights[static_cast<std::size_t>(input * to.outputs + output)];
}

}  // namespace

void NumberCounter::levels(NumberLevels& one)
{
    one.scale = 1;  // whatever it is, it has some
    counts_.numbers += 2;
}

void NumberCounter::scales(SplitWeights::BlockScales& scales)
{
    scales = {.energy = 1, .hits = 1};
    counts_.numbers += 2;
}

void NumberCounter::dense(SplitWeights::Dense&, std::int64_t inputs, std::int64_t outputs)
{
    counts_.numbers += (inputs + 1) * outputs;
}

void NumberCounter::rounded(SplitWeights::Dense&, std::int64_t inputs, std::int64_t outputs,
                            std::vector<NumberLevels> const& levels)
{
    auto const rounded = with_levels(levels);
    counts_.numbers += (inputs - rounded + 2) * outputs;
    counts_.levels += rounded * outputs;
}

void NumberReader::require(SplitCounts const& counts) const
{
    auto const check = [&](std::size_t has, std::int64_t wanted, std::string const& what) {
        if (static_cast<std::int64_t>(has) != wanted)
            throw InputError("cannot " + purpose_, "the network has " + std::to_string(has) + what +
                                                       ", not " + std::to_string(wanted));
    };
    check(rest_.size(), counts.numbers, " numbers");
    check(levels_.size(), counts.levels, " levels");
}

void NumberReader::finish() const
{
    assert(rest_.empty() && levels_.empty());
    if (!sound_)
        throw InputError("cannot " + purpose_,
                         "the network's numbers are not finite, or its levels not apart");
}

void NumberReader::numbers(std::vector<float>& to, std::int64_t count)
{
    auto const part = rest_.first(static_cast<std::size_t>(count));
    rest_ = rest_.subspan(part.size());
    to.assign(part.begin(), part.end());
    for (float const number : part) sound_ = sound_ && std::isfinite(number);
}

void NumberReader::levels(NumberLevels& one)
{
    one.scale = step();
    one.zero = next();
    sound_ = sound_ && one.zero >= 0 && one.zero <= highest_level &&
             one.zero == std::nearbyint(one.zero);
}

void NumberReader::scales(SplitWeights::BlockScales& scales)
{
    scales.energy = step();
    scales.hits = step();
}

void NumberReader::dense(SplitWeights::Dense& to, std::int64_t inputs, std::int64_t outputs)
{
    start(to, inputs, outputs);
    for (std::int64_t o = 0; o < outputs; ++o)
        for (std::int64_t i = 0; i < inputs; ++i) weight(to, i, o) = next();
    numbers(to.bias, outputs);
}

void NumberReader::rounded(SplitWeights::Dense& to, std::int64_t inputs, std::int64_t outputs,
                           std::vector<NumberLevels> levels)
{
    start(to, inputs, outputs);
    to.levels = std::move(levels);
    to.scales.clear();
    for (std::int64_t o = 0; o < outputs; ++o) to.scales.push_back(step());
    for (std::int64_t o = 0; o < outputs; ++o)
        for (std::int64_t i = 0; i < inputs; ++i)
            weight(to, i, o) = to.levels[static_cast<std::size_t>(i)].scale > 0
                                   ? to.scales[static_cast<std::size_t>(o)] * next_level()
                                   : next();
    numbers(to.bias, outputs);
}

/// How far levels are apart: what is read next does not depend on it.
float NumberReader::step()
{
    float const number = next();
    bool const is_step =
        number > 0 && std::isfinite(number * highest_level) && std::isfinite(1.0F / number);
    sound_ = sound_ && is_step;
    return is_step ? number : 1.0F;
}

float NumberReader::next()
{
    float const number = rest_.front();
    rest_ = rest_.subspan(1);
    sound_ = sound_ && std::isfinite(number);
    return number;
}

float NumberReader::next_level()
{
    auto const level = levels_.front();
    levels_ = levels_.subspan(1);
    return static_cast<float>(level);
}

void NumberWriter::numbers(std::vector<float>& from, std::int64_t)
{
    stored_.numbers.insert(stored_.numbers.end(), from.begin(), from.end());
}

void NumberWriter::levels(NumberLevels& one)
{
    stored_.numbers.insert(stored_.numbers.end(), {one.scale, one.zero});
}

void NumberWriter::scales(SplitWeights::BlockScales& scales)
{
    stored_.numbers.insert(stored_.numbers.end(), {scales.energy, scales.hits});
}

void NumberWriter::dense(SplitWeights::Dense& from, std::int64_t inputs, std::int64_t outputs)
{
    rounded(from, inputs, outputs, std::vector<NumberLevels>(static_cast<std::size_t>(inputs)));
}

void NumberWriter::rounded(SplitWeights::Dense& from, std::int64_t inputs, std::int64_t outputs,
                           std::vector<NumberLevels> const& levels)
{
    numbers(from.scales, outputs);
    for (std::int64_t o = 0; o < outputs; ++o)
        for (std::int64_t i = 0; i < inputs; ++i) {
            float const number = weight(from, i, o);
            if (levels[static_cast<std::size_t>(i)].scale > 0)
                stored_.levels.push_back(static_cast<std::int8_t>(
                    std::lround(number / from.scales[static_cast<std::size_t>(o)])));
            else
                stored_.numbers.push_back(number);
        }
    numbers(from.bias, outputs);
}

}  // namespace lowcal::graph
