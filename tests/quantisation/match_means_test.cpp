#include "quantisation/scales/match_means.hpp"

#include "quantisation/form/canonical_form.hpp"
#include "small_int8.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace lowcal::quantisation {
namespace {

/// An int8 network whose last convolution has this precision.
struct Quantised {
    graph::Graph canonical = canonical_form(test::small_generator(), {.energy_offset = 1.0}).graph;
    Int8Network network;

    explicit Quantised(LayerPrecision last)
    {
        Int8PlanConfig config{.least_channels = 5};
        if (last != LayerPrecision::int8) config.fallbacks = {{"merge", {.precision = last}}};
        auto const plan = plan_int8(canonical, config);
        network =
            rewrite_int8(canonical, plan, calibrate(canonical, plan, test::ReferenceRunner()), {});
    }
    MatchedMeans match(std::size_t fewest = 1)
    {
        return match_means(network, canonical, test::ReferenceRunner(), fewest);
    }
};

/// Of a network's output before it is multiplied by n(e), over all showers.
struct Means {
    std::vector<double> cells;
    double above_zero = 0, square_along_first = 0;

    explicit Means(graph::Graph const& network)
    {
        auto const values = graph::run_reference(network, test::calibration_inputs(),
                                                 {.keep = graph::Keep::all_values});
        auto const& all = values.at("shower.per_unit").floats;
        cells.resize(all.size() / static_cast<std::size_t>(test::calibration_showers));
        for (std::size_t i = 0; i < all.size(); ++i) {
            auto const cell = i % cells.size();
            cells[cell] += static_cast<double>(all[i]);
            above_zero += all[i] > 0 ? 1 : 0;
            auto const layer = cell / 625;
            auto const place = static_cast<double>(layer) - 12.0;
            square_along_first += place * place * static_cast<double>(all[i]);
        }
    }
    double miss(Means const& wanted) const
    {
        double squares = 0;
        for (std::size_t i = 0; i < cells.size(); ++i)
            squares += std::pow(cells[i] - wanted.cells[i], 2);
        return std::sqrt(squares);
    }
};

TEST(MatchMeans, brings_mean_cells_hits_and_widths_near_those_of_float32)
{
    Quantised quantised(LayerPrecision::float32);
    Means const wanted(quantised.canonical), before(quantised.network.graph);
    auto const misses = quantised.match();
    Means const after(quantised.network.graph);
    // 450 weights a channel for 625 cells: not all of it can be had.
    EXPECT_LT(after.miss(wanted), 0.75 * before.miss(wanted));
    EXPECT_GT(before.miss(wanted), 0);
    // Nearer: these are sums of some hundred thousand cells, near at once.
    auto const nearer = [&](double Means::*sum) {
        return std::abs(after.*sum - wanted.*sum) < 0.9 * std::abs(before.*sum - wanted.*sum);
    };
    EXPECT_TRUE(nearer(&Means::above_zero))
        << before.above_zero << " " << after.above_zero << " " << wanted.above_zero;
    EXPECT_TRUE(nearer(&Means::square_along_first))
        << before.square_along_first << " " << after.square_along_first << " "
        << wanted.square_along_first;
    EXPECT_LT(misses.after, 0.5 * misses.before);
    EXPECT_GT(misses.after, 0);
}

TEST(MatchMeans, leaves_single_showers_as_they_were_but_for_what_rounding_does_anyway)
{
    Quantised quantised(LayerPrecision::float32);
    auto const exact = test::cells_of(quantised.canonical);
    double const before = test::relative_noise(exact, test::cells_of(quantised.network.graph));
    quantised.match();
    // Sixteen showers are few to find so many weights from; noise must not grow much all the same.
    EXPECT_LT(test::relative_noise(exact, test::cells_of(quantised.network.graph)), 1.2 * before);
}

void expect_no_change(Quantised quantised, std::size_t fewest)
{
    auto const before = quantised.network.graph.constants;
    auto const misses = quantised.match(fewest);
    EXPECT_EQ(misses.before, 0);
    for (auto const& [name, constant] : before) {
        EXPECT_EQ(quantised.network.graph.constants.at(name).floats, constant.floats) << name;
    }
}

TEST(MatchMeans, does_nothing_to_a_last_layer_in_integers)
{
    expect_no_change(Quantised(LayerPrecision::int8), 1);
}

TEST(MatchMeans, does_nothing_where_showers_are_too_few_to_tell)
{
    expect_no_change(Quantised(LayerPrecision::float32), fewest_matched);
}

}  // namespace
}  // namespace lowcal::quantisation
