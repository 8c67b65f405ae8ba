#include "runtime/kernels/pass_kernel.hpp"

#include "core/kernels/lane_math.hpp"

namespace lowcal::runtime::LOWCAL_INSTRUCTION_SET {
namespace {

using graph::bright_components;
using graph::position_numbers;
using graph::window_cells;

constexpr std::size_t vectors = hidden_together / lanes;  ///< of numbers that lie together

Floats sigmoid(Floats x)
{
    return 1.0F / (1.0F + exponential(-x));
}

Floats logit(Floats uniform)
{
    return logarithm_of_normal(uniform / (1.0F - uniform));
}

/// log(1 / (1 + e^-x))
Floats log_logistic(Floats x)
{
    return -logarithm_of_normal(1.0F + exponential(-x));
}

Floats kept(Floats x, float least, float most)
{
    return smaller(larger(x, all(least)), all(most));
}

Floats leaky(Floats x)
{
    return x < 0.0F ? x * graph::split_slope : x;
}

/// Of numbers behind which there may be no others; zeros in their place.
Floats load_first(float const* numbers, std::size_t count)
{
    if (count >= lanes) return load(numbers);
    float values[lanes] = {};
    for (std::size_t i = 0; i < count; ++i) values[i] = numbers[i];
    return load(values);
}

/// Column `column` of the rows from `row` on, one for each lane.
Floats column_of(float const* numbers, std::size_t step, std::size_t row, std::size_t column)
{
    float values[lanes];
    for (std::size_t i = 0; i < lanes; ++i) values[i] = numbers[(row + i) * step + column];
    return load(values);
}

/// The sum of numbers that lie together, in an order that no vector width changes.
float sum_of(Floats const (&numbers)[vectors])
{
    float sums[hidden_together];
    for (std::size_t v = 0; v < vectors; ++v) store(sums + v * lanes, numbers[v]);
    for (std::size_t half = hidden_together / 2; half > 0; half /= 2)
        for (std::size_t i = 0; i < half; ++i) sums[i] += sums[i + half];
    return sums[0];
}

/// Bits of three cells side by side, of which the first is given.
std::uint32_t three_bits(std::uint8_t const* hits)
{
    std::uint32_t four;
    __builtin_memcpy(&four, hits, sizeof(four));
    return (((four & 0x010101U) * 0x010204U) >> 16) & 7U;
}

/// A bit of each cell of the window.
std::uint32_t window_bits(FirstNumbers const& cells, std::int32_t cell)
{
    std::uint32_t bits = 0;
    for (std::ptrdiff_t plane = 1; plane >= -1; --plane)
        for (std::ptrdiff_t row = 1; row >= -1; --row)
            bits = bits << 3 |
                   three_bits(cells.hits + cell + plane * cells.plane + row * cells.row - 1);
    return bits & cells.seen;
}

/// Bits of a number as an integer in the order of numbers, and back.
std::int32_t in_order(std::int32_t bits)
{
    return bits ^ ((bits >> 31) & 0x7fffffff);
}

Integers load_keys(std::int32_t const* keys)
{
    Integers result;
    __builtin_memcpy(&result, keys, sizeof(result));
    return result;
}

}  // namespace

void find_positions(CellPositions const& cells)
{
    for (std::size_t i = 0; i < cells.count; i += lanes) {
        auto const row = load(cells.rows + i) - cells.entry_row;
        auto const column = load(cells.columns + i) - cells.entry_column;
        auto const distance = square_root(row * row + column * column + graph::least_distance);
        store(cells.result + i, logarithm_of_normal(distance) * 0.5F);
        store(cells.result + cells.step + i, distance * graph::distance_unit);
        store(cells.result + 2 * cells.step + i, row * graph::distance_unit);
        store(cells.result + 3 * cells.step + i, column * graph::distance_unit);
    }
}

void bound_hits(HitBounds const& hits)
{
    for (std::size_t i = 0; i < hits.count; i += lanes) {
        auto usual = load(hits.odds + i) + hits.gains[0];
        for (std::size_t p = 0; p < static_cast<std::size_t>(position_numbers); ++p)
            usual += hits.gains[1 + p] * load(hits.positions + p * hits.position_step + i);
        store(hits.usual + i, usual);
        store(hits.bound + i,
              usual + hits.change - logit(load_first(hits.uniform + i, hits.count - i)));
    }
}

void find_first(FirstNumbers const& cells)
{
    std::ptrdiff_t offsets[window_cells];
    for (std::ptrdiff_t w = 0; w < window_cells; ++w)
        offsets[w] = (w / 9 - 1) * cells.plane + (w / 3 % 3 - 1) * cells.row + (w % 3 - 1);
    for (std::size_t c = 0; c < cells.count; ++c) {
        auto const cell = static_cast<std::size_t>(cells.cells[c]);
        auto const place = cells.volume[cell];
        auto const around = window_bits(cells, place);
        for (std::size_t first = 0; first < cells.width; first += hidden_together) {
            Floats sums[vectors];
            for (std::size_t v = 0; v < vectors; ++v)
                sums[v] = load(cells.context + first + v * lanes) +
                          load(cells.places + cell * cells.width + first + v * lanes);
            for (std::size_t p = 0; p < static_cast<std::size_t>(position_numbers); ++p) {
                auto const position = all(cells.positions[p * cells.position_step + cell]);
                for (std::size_t v = 0; v < vectors; ++v)
                    sums[v] = multiply_add(
                        position, load(cells.gains + p * cells.width + first + v * lanes), sums[v]);
            }
            for (auto bits = around; bits != 0; bits &= bits - 1) {
                auto const w = static_cast<std::size_t>(__builtin_ctz(bits));
                auto const energy = all(cells.energies[place + offsets[w]]);
                auto const* const weights = cells.window + w * 2 * cells.width + first;
                for (std::size_t v = 0; v < vectors; ++v)
                    sums[v] = multiply_add(energy, load(weights + cells.width + v * lanes),
                                           sums[v] + load(weights + v * lanes));
            }
            for (std::size_t v = 0; v < vectors; ++v)
                store(cells.result + c * cells.width + first + v * lanes, leaky(sums[v]));
        }
    }
}

void score_hits(HitScores const& scores)
{
    for (std::size_t i = 0; i < scores.count; i += lanes) {
        auto const most = load(scores.most + i);
        auto const change = most * hyperbolic_tangent(load(scores.change + i) / most);
        store(scores.odds + i, load(scores.usual + i) + change);
        store(scores.score + i, load(scores.bound + i) + (change - most));
    }
}

float exceeded_by(LargestNumbers const& numbers, std::size_t others)
{
    // As integers in the order of the numbers; behind them what none of them exceeds.
    constexpr auto first = -0x7fffffff - 1;
    auto const padded = (numbers.count + lanes - 1) / lanes * lanes;
    for (auto i = numbers.count; i < padded; ++i) numbers.scratch[i] = first;
    auto least = 0x7fffffff, most = first;
    for (std::size_t i = 0; i < numbers.count; ++i) {
        std::int32_t bits;
        __builtin_memcpy(&bits, numbers.numbers + i, sizeof(bits));
        auto const key = in_order(bits);
        numbers.scratch[i] = key;
        least = key < least ? key : least;
        most = key > most ? key : most;
    }
    // The largest that is not above `middle`, once so many others are.
    while (least < most) {
        auto const middle = static_cast<std::int32_t>((std::int64_t{least} + most) >> 1);
        Integers above{};
        for (std::size_t i = 0; i < padded; i += lanes)
            above -= load_keys(numbers.scratch + i) > middle;
        std::size_t count = 0;
        for (std::size_t lane = 0; lane < lanes; ++lane)
            count += static_cast<std::size_t>(above[lane]);
        if (count == others) {
            least = first;
            for (std::size_t i = 0; i < numbers.count; ++i) {
                auto const key = numbers.scratch[i];
                least = key <= middle && key > least ? key : least;
            }
            break;
        }
        most = count < others ? middle : most;
        least = count < others ? least : middle + 1;
    }
    auto const bits = in_order(least);
    float found;
    __builtin_memcpy(&found, &bits, sizeof(found));
    return found;
}

std::size_t list_above(LargestNumbers const& numbers, float threshold)
{
    std::size_t found = 0;
    for (std::size_t i = 0; i < numbers.count; i += lanes) {
        Integers const above = load(numbers.numbers + i) > threshold;
        for (std::size_t lane = 0; lane < lanes && i + lane < numbers.count; ++lane) {
            numbers.scratch[found] = static_cast<std::int32_t>(i + lane);
            found += above[lane] != 0 ? 1U : 0U;
        }
    }
    return found;
}

void leave_uniforms(UniformsLeft const& numbers)
{
    for (std::size_t i = 0; i < numbers.count; i += lanes) {
        auto const shifted =
            load(numbers.uniform + i) / sigmoid(load(numbers.odds + i)) + load(numbers.shift + i);
        store(numbers.result + i, shifted < 1.0F ? shifted : shifted - 1.0F);
    }
}

void choose_classes(ClassChoices const& choices)
{
    Floats shares[most_classes_together];
    for (std::size_t row = 0; row < choices.count; row += lanes) {
        auto largest = all(-__builtin_inff());
        for (std::size_t i = 0; i < choices.classes; ++i) {
            shares[i] = column_of(choices.numbers, choices.step, row, i);
            largest = larger(largest, shares[i]);
        }
        auto total = Floats{};
        for (std::size_t i = 0; i < choices.classes; ++i)
            total += shares[i] = exponential(shares[i] - largest);
        auto const height = load(choices.uniform + row) * total;
        auto below = Floats{}, own = all(1.0F), start = Floats{};
        Integers chosen{};
        for (std::size_t i = 0; i < choices.classes; ++i) {
            auto const share = shares[i];
            Integers const beyond = i == 0 ? Integers{} - 1 : Integers(height >= below);
            own = beyond ? share : own;
            start = beyond ? below : start;
            chosen = beyond ? Integers{} + static_cast<std::int32_t>(i) : chosen;
            below += share;
        }
        __builtin_memcpy(choices.chosen + row, &chosen, sizeof(chosen));
        store(choices.within + row,
              kept((height - start) / own, graph::uniform_margin, 1.0F - graph::uniform_margin));
    }
}

void multiply_groups(GroupNumbers const& numbers)
{
    constexpr auto count = static_cast<std::size_t>(graph::group_classes);
    for (std::size_t row = 0; row < numbers.count; ++row) {
        auto const group = static_cast<std::size_t>(numbers.groups[row]);
        auto const* weights = numbers.weights + group * numbers.inputs * count;
        auto const* const source = numbers.source + row * numbers.inputs;
        using Eight = float __attribute__((vector_size(count * sizeof(float))));
        Eight sums;
        __builtin_memcpy(&sums, numbers.bias + group * count, sizeof(sums));
        for (std::size_t k = 0; k < numbers.inputs; ++k, weights += count) {
            Eight weight;
            __builtin_memcpy(&weight, weights, sizeof(weight));
            sums += source[k] * weight;
        }
        __builtin_memcpy(numbers.result + row * count, &sums, sizeof(sums));
    }
}

void draw_bright(BrightDraws const& draws)
{
    constexpr auto components = static_cast<std::size_t>(bright_components);
    constexpr auto step = static_cast<std::size_t>(graph::bright_numbers);
    constexpr auto followed = static_cast<std::size_t>(graph::followed_cells);
    constexpr auto cells = static_cast<std::size_t>(window_cells);
    auto const edge = logarithm_of_normal(all(draws.edge));
    for (std::size_t row = 0; row < draws.count; row += lanes) {
        auto const number = [&](std::size_t i) { return column_of(draws.numbers, step, row, i); };
        auto offset = load(draws.offset + row);
        auto const wider = load(draws.wider + row);
        auto const scale = exponential(kept(wider, graph::narrowest_bright, graph::widest_bright));
        for (std::size_t i = 0; i < followed; ++i)
            offset += number(3 * components + i) * column_of(draws.followed, followed, row, i);
        for (std::size_t w = 0; w < cells; ++w)
            offset += (number(3 * components + followed + w) + draws.window[w]) *
                      column_of(draws.excess, cells, row, w);
        Floats means[components], widths[components], possible[components];
        for (std::size_t c = 0; c < components; ++c) {
            means[c] = number(components + c) * scale + offset;
            widths[c] = exponential(kept(number(2 * components + c) + wider,
                                         graph::narrowest_bright, graph::widest_bright));
            possible[c] = number(c) + log_logistic((means[c] - edge) / widths[c]);
        }
        auto largest = possible[0];
        for (std::size_t c = 1; c < components; ++c) largest = larger(largest, possible[c]);
        auto total = Floats{};
        for (std::size_t c = 0; c < components; ++c)
            total += possible[c] = exponential(possible[c] - largest);
        auto const height = load(draws.uniform + row) * total;
        auto below = possible[0], own = possible[0], start = Floats{};
        auto mean = means[0], width = widths[0];
        for (std::size_t c = 1; c < components; ++c) {
            auto const beyond = height >= below;
            mean = beyond ? means[c] : mean;
            width = beyond ? widths[c] : width;
            own = beyond ? possible[c] : own;
            start = beyond ? below : start;
            below += possible[c];
        }
        auto const within =
            kept((height - start) / own, graph::uniform_margin, 1.0F - graph::uniform_margin);
        auto const less = sigmoid((edge - mean) / width);
        auto const share = less + within * (1.0F - less);
        auto const rest = (1.0F - within) * (1.0F - less);
        auto const energy = larger(
            smaller(exponential(mean + width * logarithm(share / rest)), load(draws.most + row)),
            all(draws.least));
        store(draws.result.mean + row, mean);
        store(draws.result.width + row, width);
        store(draws.result.below + row, less);
        store(draws.result.log_odds + row, logit(within));
        store(draws.result.spread + row, energy * smaller(width, all(1.0F)));
        store(draws.result.energy + row, energy);
    }
}

TiltedSums tilt_hits(TiltedHits const& hits)
{
    Floats energies[vectors] = {}, slopes[vectors] = {};
    for (std::size_t i = 0; i < hits.count; i += hidden_together)
        for (std::size_t v = 0; v < vectors; ++v) {
            auto const at = i + v * lanes;
            if (at >= hits.count) break;
            auto const share = load(hits.hits.spread + at) * hits.unit;
            auto const moved = load(hits.hits.log_odds + at) + hits.tilt * share;
            auto const below = load(hits.hits.below + at), width = load(hits.hits.width + at);
            auto const within = sigmoid(moved);
            auto const less = below + within * (1.0F - below);
            auto const rest = sigmoid(-moved) * (1.0F - below);
            auto const energy = larger(
                smaller(exponential(load(hits.hits.mean + at) + width * logarithm(less / rest)),
                        all(hits.most)),
                all(hits.least));
            store(hits.hits.energy + at, energy);
            Floats number{};
            for (std::size_t lane = 0; lane < lanes; ++lane)
                number[lane] = static_cast<float>(at + lane);
            auto const there = number < static_cast<float>(hits.count);
            energies[v] += there ? energy : Floats{};
            slopes[v] += there ? energy * width * within / less * share : Floats{};
        }
    return {.energy = sum_of(energies), .slope = sum_of(slopes)};
}

void exponentials(float const* x, float* result, std::size_t count)
{
    for (std::size_t i = 0; i < count; i += lanes) store(result + i, exponential(load(x + i)));
}

}  // namespace lowcal::runtime::LOWCAL_INSTRUCTION_SET
