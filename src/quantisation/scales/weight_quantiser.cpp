#include "quantisation/scales/weight_quantiser.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace lowcal::quantisation {
namespace {

/// 255 x 128 fits 16 bits, 255 x 129 does not.
constexpr int largest_pair = 128;

std::int8_t level_of(double weight, double scale)
{
    return static_cast<std::int8_t>(std::clamp(std::nearbyint(weight / scale), -127.0, 127.0));
}

void limit_pair(std::int8_t& first, std::int8_t& second)
{
    while (std::abs(first + second) > largest_pair) {
        auto& larger = std::abs(first) >= std::abs(second) ? first : second;
        larger = static_cast<std::int8_t>(larger > 0 ? larger - 1 : larger + 1);
    }
}

std::vector<std::int8_t> levels_of(std::span<float const> weights, std::size_t taps, LevelUse use,
                                   double scale)
{
    std::vector<std::int8_t> levels;
    levels.reserve(weights.size());
    for (float const weight : weights) levels.push_back(level_of(weight, scale));
    if (use == LevelUse::floats) return levels;
    for (std::size_t pair = 0; pair + 2 * taps <= weights.size(); pair += 2 * taps)
        for (std::size_t tap = 0; tap < taps; ++tap)
            limit_pair(levels[pair + tap], levels[pair + taps + tap]);
    return levels;
}

double square_error(std::span<float const> weights, std::vector<std::int8_t> const& levels,
                    double scale)
{
    double sum = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        double const miss = static_cast<double>(weights[i]) - scale * levels[i];
        sum += miss * miss;
    }
    return sum;
}

struct Rounded {
    std::vector<std::int8_t> levels;
    double error = 0;  ///< squared, in the weights or in the layer's result
};

Rounded round_to_nearest(std::span<float const> weights, std::size_t taps, LevelUse use,
                         double scale)
{
    auto levels = levels_of(weights, taps, use, scale);
    double const error = square_error(weights, levels, scale);
    return {.levels = std::move(levels), .error = error};
}

/// The level next to `wanted` which the partner of weight `i`, if it is rounded already, allows.
std::int8_t level_beside_partner(std::vector<std::int8_t> const& levels, std::size_t i,
                                 std::size_t taps, double wanted)
{
    bool const first_of_pair = i / taps % 2 == 0;
    auto const partner = i + taps;
    double low = -127.0, high = 127.0;
    if (first_of_pair && partner < levels.size()) {
        low = std::max(low, -largest_pair - static_cast<double>(levels[partner]));
        high = std::min(high, largest_pair - static_cast<double>(levels[partner]));
    }
    return static_cast<std::int8_t>(std::clamp(std::nearbyint(wanted), low, high));
}

/// From the last weight to the first: error R (w - w') of those behind a weight is made up for.
Rounded round_compensated(std::span<float const> weights, std::size_t taps,
                          InputProducts const& products, double scale)
{
    auto const size = weights.size();
    Rounded rounded{.levels = std::vector<std::int8_t>(size, 0)};
    std::vector<double> misses(size, 0.0);
    for (std::size_t i = size; i-- > 0;) {
        auto const* const row = products.factor.data() + i * size;
        double behind = 0;
        for (std::size_t j = i + 1; j < size; ++j) behind += row[j] * misses[j];
        auto const weight = static_cast<double>(weights[i]);
        double const wanted = weight + behind / row[i];
        rounded.levels[i] = level_beside_partner(rounded.levels, i, taps, wanted / scale);
        misses[i] = weight - scale * rounded.levels[i];
        double const left = row[i] * (wanted - scale * rounded.levels[i]);
        rounded.error += left * left;
    }
    return rounded;
}

}  // namespace

QuantisedChannel quantise_channel(std::span<float const> weights, std::size_t taps, LevelUse use,
                                  InputProducts const* products)
{
    double largest = 0;
    for (float const weight : weights) {
        if (!std::isfinite(weight))
            throw InputError("a weight is " + std::to_string(weight), "it must be finite");
        largest = std::max(largest, std::abs(static_cast<double>(weight)));
    }
    QuantisedChannel channel{.levels = std::vector<std::int8_t>(weights.size(), 0)};
    if (largest < 1e-30) return channel;
    // Up to 2: there no pair can be too large.
    constexpr std::array shares{2.0, 1.8, 1.6, 1.4, 1.2, 1.1, 1.0, 0.95, 0.9, 0.8, 0.7};
    double least = 1e300;
    for (double const share : shares) {
        auto const scale = static_cast<float>(share * largest / 127.0);
        auto const exact_scale = static_cast<double>(scale);
        auto rounded = products == nullptr
                           ? round_to_nearest(weights, taps, use, exact_scale)
                           : round_compensated(weights, taps, *products, exact_scale);
        if (rounded.error >= least) continue;
        least = rounded.error;
        channel.scale = scale;
        channel.levels = std::move(rounded.levels);
    }
    return channel;
}

QuantisedWeights quantise_weights(graph::Tensor const& weights, WeightOrder order, LevelUse use,
                                  InputProducts const* products)
{
    bool const output_first = order == WeightOrder::output_first;
    auto const outputs = static_cast<std::size_t>(weights.shape[output_first ? 0 : 1]);
    auto const inputs = static_cast<std::size_t>(weights.shape[output_first ? 1 : 0]);
    std::size_t taps = 1;
    for (std::size_t i = 2; i < weights.shape.size(); ++i)
        taps *= static_cast<std::size_t>(weights.shape[i]);
    QuantisedWeights result{.levels = {.type = graph::ElementType::int8, .shape = weights.shape},
                            .channel_axis = output_first ? 0 : 1};
    result.levels.integers.resize(weights.floats.size());
    std::vector<float> channel(inputs * taps);
    for (std::size_t o = 0; o < outputs; ++o) {
        auto const at = [&](std::size_t i) {  // of input channel i, first tap
            return (output_first ? o * inputs + i : i * outputs + o) * taps;
        };
        for (std::size_t i = 0; i < inputs; ++i)
            std::copy_n(weights.floats.begin() + static_cast<std::ptrdiff_t>(at(i)), taps,
                        channel.begin() + static_cast<std::ptrdiff_t>(i * taps));
        auto const quantised = quantise_channel(channel, taps, use, products);
        result.scales.push_back(quantised.scale);
        for (std::size_t i = 0; i < inputs; ++i)
            for (std::size_t tap = 0; tap < taps; ++tap)
                result.levels.integers.set(at(i) + tap, quantised.levels[i * taps + tap]);
    }
    return result;
}

graph::Tensor dequantised(QuantisedWeights const& weights)
{
    graph::Tensor result{.shape = weights.levels.shape};
    auto const outputs = weights.scales.size();
    std::size_t inner = 1;
    for (auto i = static_cast<std::size_t>(weights.channel_axis) + 1;
         i < weights.levels.shape.size(); ++i)
        inner *= static_cast<std::size_t>(weights.levels.shape[i]);
    for (std::size_t i = 0; i < weights.levels.integers.size(); ++i)
        result.floats.push_back(weights.scales[i / inner % outputs] *
                                static_cast<float>(weights.levels.integers[i]));
    return result;
}

}  // namespace lowcal::quantisation
