#include "core/error.hpp"
#include "physics/features/feature_table.hpp"
#include "physics_unit/toy_detectors.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>

namespace lowcal::physics {
namespace {

constexpr double rounding = 1e-6;  // float32 of numbers of order one, ten times over

std::shared_ptr<FeatureSet const> set_of(Detector const& detector,
                                         data::ShowerBlock const& reference,
                                         FeatureConfig const& config = {.rings = 2,
                                                                        .quantiles = {}})
{
    return std::make_shared<FeatureSet const>(std::make_shared<ObservableSet const>(detector),
                                              reference, config);
}

/// Four cells of the box, (a, deep, b); the thresholds are 0 and 0.5 MeV.
data::ShowerBlock box_shower()
{
    data::ShowerBlock block;
    append_toy(
        toy_box(), block, 1.0F,
        {{{5, 2, 4}, 2e-3F}, {{5, 3, 4}, 1e-3F}, {{5, 4, 4}, 0.25e-3F}, {{6, 3, 4}, 0.4e-3F}});
    return block;
}

/// The numbers of one group of the first shower.
class Row {
public:
    Row(std::shared_ptr<FeatureSet const> const& set, data::ShowerBlock const& block)
        : table_(set, block.count())
    {
        table_.add(block);
    }
    double operator()(char const* group, std::size_t number) const
    {
        auto const& place = table_.set().group(group);
        EXPECT_LT(number, place.count);
        return static_cast<double>(table_.row(0)[place.first + number]);
    }
    double given(std::size_t number) const { return static_cast<double>(table_.row(0)[number]); }

private:
    FeatureTable table_;
};

TEST(ShowerFeatures, hold_the_sums_computed_by_hand)
{
    Row const row(set_of(toy_box(), box_shower()), box_shower());
    EXPECT_EQ(row.given(0), 0.0);  // log 1 GeV
    EXPECT_NEAR(row("totals", 0), 3.65e-3, rounding * 1e-3);
    EXPECT_EQ(row("totals", 1), 4.0);
    EXPECT_EQ(row("totals", 2), 2.0);  // above 0.5 MeV
    EXPECT_NEAR(row("layer_energies", 3), 1.4e-3, rounding * 1e-3);
    EXPECT_EQ(row("layer_hits", 3), 2.0);
    EXPECT_EQ(row("layer_hits", 4), 1.0);
    EXPECT_EQ(row("layer_hits", 12 + 3), 1.0);
    EXPECT_EQ(row("layer_hits", 12 + 4), 0.0);
    EXPECT_NEAR(row("core_shares", 3), 1 / 1.4, rounding);  // 6 lies outside the four columns
    EXPECT_TRUE(std::isnan(row("core_shares", 5)));
    EXPECT_NEAR(row("layer_moments", 3), 5 + 0.4 / 1.4, 5 * rounding);  // mean in a
    EXPECT_NEAR(row("moments", 0), (2 * 2 + 3 * 1.4 + 4 * 0.25) / 3.65, 5 * rounding);
    // log10(2e-3) = -2.7: bin 10 from -4.8 on in fifths of a decade.
    EXPECT_NEAR(row("spectrum", 10), 0.25, rounding);
}

TEST(ShowerFeatures, count_cells_below_zero_in_energies_and_not_as_hits)
{
    auto const set = set_of(toy_box(), box_shower());
    auto noisy = box_shower();
    append_toy(toy_box(), noisy, 1.0F, {{{5, 3, 4}, 1e-3F}, {{6, 3, 4}, -0.4e-3F}});
    noisy.cells.erase(noisy.cells.begin(),
                      noisy.cells.begin() + static_cast<std::ptrdiff_t>(toy_box().cells()));
    noisy.primary_energy.resize(1);
    Row const row(set, noisy);
    EXPECT_NEAR(row("totals", 0), 0.6e-3, rounding * 1e-3);
    EXPECT_EQ(row("totals", 1), 1.0);
    EXPECT_EQ(row("layer_hits", 3), 1.0);
    EXPECT_NEAR(row("core_shares", 3), 1 / 0.6, 2 * rounding);
    EXPECT_NEAR(row("ring_energies", 0) + row("ring_energies", 1), 0.6e-3, rounding * 1e-3);
}

TEST(ShowerFeatures, cut_rings_so_that_each_holds_its_part_of_energy_and_hits)
{
    auto const set = set_of(toy_box(), box_shower());
    // Three hits at sqrt(0.5), one at sqrt(2.5): the middle of the squares.
    ASSERT_EQ(set->rings(), 2U);
    EXPECT_NEAR(set->ring_edges()[0], 1.5, 1e-12);
    Row const row(set, box_shower());
    EXPECT_NEAR(row("ring_energies", 0), 3.25e-3, rounding * 1e-3);
    EXPECT_NEAR(row("ring_energies", 1), 0.4e-3, rounding * 1e-3);
    EXPECT_EQ(row("ring_hits", 0), 3.0);
    EXPECT_EQ(row("ring_hits", 1), 1.0);
    EXPECT_EQ(row("ring_hits", 2), 2.0);
    EXPECT_EQ(row("ring_hits", 3), 0.0);
}

TEST(ShowerFeatures, count_neighbouring_hits_along_each_axis)
{
    Row const row(set_of(toy_box(), box_shower()), box_shower());
    EXPECT_NEAR(row("hit_pairs", 0), 0.25, rounding);  // along a: 5 and 6, of four hits
    EXPECT_EQ(row("hit_pairs", 1), 0.0);               // 0.4 MeV is not above 0.5
    EXPECT_NEAR(row("hit_pairs", 2), 0.5, rounding);   // along depth: 2 and 3, 3 and 4
    EXPECT_NEAR(row("hit_pairs", 3), 0.5, rounding);   // 2 and 3, of two hits
    EXPECT_EQ(row("hit_pairs", 4), 0.0);
    double const rough = 0 - 0.5 * (std::log(2.0) + std::log(0.25));
    EXPECT_NEAR(row("roughness", 2), rough * rough, rounding);
    EXPECT_TRUE(std::isnan(row("roughness", 3)));  // no three in a row above 0.5 MeV
    EXPECT_TRUE(std::isnan(row("roughness", 0)));
}

TEST(ShowerFeatures, know_that_angles_are_a_circle)
{
    data::ShowerBlock block;  // (layer, angle, radius)
    append_toy(toy_cylinder(), block, 2.0F,
               {{{0, 0, 0}, 1e-3F}, {{0, 3, 0}, 2e-3F}, {{0, 2, 0}, 4e-3F}, {{2, 0, 4}, 1e-3F}});
    Row const row(set_of(toy_cylinder(), block), block);
    // Levels 0 and 0.5 MeV; angle is the second axis. 2-3 and 3-0.
    EXPECT_NEAR(row("hit_pairs", 2), 0.5, rounding);
    EXPECT_EQ(row("hit_pairs", 0), 0.0);  // layers 0 and 2 are no neighbours: no circle
    EXPECT_EQ(row("hit_pairs", 4), 0.0);
    double const rough = std::log(2.0) - 0.5 * (std::log(4.0) + std::log(1.0));
    EXPECT_NEAR(row("roughness", 3), rough * rough, rounding);
    EXPECT_NEAR(row("core_shares", 0), 1.0, rounding);  // the innermost ring
    EXPECT_NEAR(row("core_shares", 2), 0.0, rounding);
}

TEST(ShowerFeatures, of_layers_that_differ_have_neighbours_inside_a_layer)
{
    auto detector = toy_cylinder();
    detector.axes[1].cells = 4;
    detector.axes[2].cells = 2;
    for (auto& axis : detector.axes) axis.size = 0;
    // A layer of two whole rings, one of one ring in four angles, one without cells.
    detector.layer_rings = {{{0, 5, 20}, 1}, {{0, 10}, 4}, {}};
    ASSERT_EQ(detector.cells(), 6U);
    data::ShowerBlock block;
    block.cells = {1e-3F, 2e-3F, 1e-3F, 0.0F, 0.0F, 4e-3F};
    block.primary_energy = {1.0F};
    Row const row(set_of(detector, block), block);
    EXPECT_EQ(row("totals", 1), 4.0);
    EXPECT_EQ(row("layer_hits", 0), 2.0);
    EXPECT_EQ(row("layer_hits", 1), 2.0);
    EXPECT_EQ(row("hit_pairs", 0), 0.0);               // along depth there are none
    EXPECT_NEAR(row("hit_pairs", 2), 0.25, rounding);  // angles: the last and the first of layer 1
    EXPECT_NEAR(row("hit_pairs", 4), 0.25, rounding);  // the two rings of layer 0
    EXPECT_NEAR(row("core_shares", 0), 1.0 / 3, rounding);
}

TEST(ShowerFeatures, lay_rings_about_a_tilted_showers_own_axis)
{
    data::ShowerBlock block;
    for (std::size_t shower = 0; shower < 2; ++shower) {
        std::vector<ToyCell> cells;
        for (std::size_t layer = 0; layer < 9; ++layer)  // one cell in a for each layer
            cells.push_back({{shower == 0 ? layer : 8 - layer, layer, 4}, 1e-3F});
        append_toy(toy_box(), block, 1.0F, cells);
    }
    block.theta = {1.2F, 1.9F};
    auto const set = set_of(toy_box(), block);
    ASSERT_EQ(set->conditions().size(), 1U);
    auto const axis = set->axis_of(block.shower(0));
    EXPECT_NEAR(axis.slope[0], 1.0, rounding);
    EXPECT_NEAR(axis.slope[1], 0.0, rounding);
    EXPECT_NEAR(set->distance_squared(axis, set->observables()->columns()[4], 0), 0.0, rounding);
    EXPECT_NEAR(Row(set, block).given(1), 1.2, rounding);
    block.theta.clear();
    EXPECT_TRUE(std::isnan(Row(set, block).given(1)));
    EXPECT_EQ(set_of(toy_box(), block)->conditions().size(), 0U);
}

TEST(FeatureSet, adds_thresholds_at_quantiles_of_the_cells)
{
    data::ShowerBlock block;
    std::vector<ToyCell> cells;
    for (std::size_t i = 0; i < 10; ++i)
        for (std::size_t layer = 0; layer < 10; ++layer)
            cells.push_back({{i, layer, 0}, 1e-3F * static_cast<float>(10 * i + layer + 1)});
    append_toy(toy_box(), block, 1.0F, cells);
    // Of 1 to 100 MeV, cells number 0, 0, 49 and 89; the first is no news the second time.
    auto const set = set_of(toy_box(), block, {.rings = 8, .quantiles = {0.0, 0.006, 0.5, 0.9}});
    std::vector<float> const expected{0.0F, 0.5e-3F, 1e-3F, 50e-3F, 90e-3F};
    EXPECT_EQ(std::vector<float>(set->thresholds().begin(), set->thresholds().end()), expected);
    EXPECT_EQ(set->group("layer_hits").count, 5U * 12);
}

TEST(FeatureSet, names_as_many_columns_as_a_row_has)
{
    auto const set = set_of(toy_box(), box_shower());
    auto const names = set->column_names();
    ASSERT_EQ(names.size(), set->count());
    EXPECT_EQ(names[0], "log_energy");
    EXPECT_EQ(names[set->group("hit_pairs").first + 1], "hit_pairs_1");
    EXPECT_THROW(static_cast<void>(set->group("colour")), InputError);
}

TEST(FeatureSet, refuses_a_reference_without_energy)
{
    data::ShowerBlock block;
    append_toy(toy_box(), block, 1.0F, {});
    EXPECT_THROW(static_cast<void>(set_of(toy_box(), block)), InputError);
}

TEST(FeatureTable, keeps_no_more_showers_than_it_may)
{
    FeatureTable table(set_of(toy_box(), box_shower()), 3);
    for (int i = 0; i < 5; ++i) table.add(box_shower());
    EXPECT_EQ(table.count(), 3U);
    EXPECT_TRUE(table.is_full());
    data::ShowerBlock other;
    append_toy(toy_cylinder(), other, 1.0F, {});
    EXPECT_THROW(table.add(other), InputError);
}

}  // namespace
}  // namespace lowcal::physics
