#include "core/error.hpp"
#include "core/random.hpp"
#include "physics_unit/toy_detectors.hpp"
#include "validation/compare/paired_shift.hpp"
#include "validation/known_showers.hpp"
#include "validation/report/evaluation_json.hpp"
#include "validation/report/evaluation_text.hpp"
#include "validation/report/html_report.hpp"
#include "validation/report/pictures.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace lowcal::validation {
namespace {

/// Random showers of up to a dozen cells at energies of 2 to 90 GeV; every `silent`th has none.
data::ShowerBlock random_showers(Detector const& detector, std::size_t count, std::uint64_t seed,
                                 std::size_t silent = 1000000)
{
    data::ShowerBlock block;
    for (std::size_t i = 0; i < count; ++i) {
        std::vector<float> number(64);
        ItemRandom({.seed = seed, .stream = RandomStream::energy}, i).uniform(number);
        float const energy = 2.0F + 88.0F * static_cast<float>(i) / static_cast<float>(count);
        std::vector<ToyCell> cells;
        for (std::size_t cell = 0; cell < 12 && i % silent != silent - 1; ++cell) {
            auto const at = [&](std::size_t axis) {
                auto const cells_of = static_cast<float>(detector.axes[axis].cells);
                return static_cast<std::size_t>(number[5 * cell + axis] * cells_of * 0.999F);
            };
            cells.push_back({{at(0), at(1), at(2)}, energy * 2e-3F * number[5 * cell + 3]});
        }
        append_toy(detector, block, energy, cells);
    }
    return block;
}

ShowerTable table_of(Detector const& detector, data::ShowerBlock const& block)
{
    ShowerTable table(detector);
    table.add(block);
    return table;
}

Evaluation evaluated(Detector const& detector, std::size_t count, std::size_t silent = 1000000)
{
    auto const reference = table_of(detector, random_showers(detector, count, 1));
    auto const candidate = table_of(detector, random_showers(detector, count, 2, silent));
    Comparator const compare(
        reference,
        {.bootstrap = {.replicas = 20}, .floor_splits = 10, .tests = {.permutations = 49}});
    Evaluation evaluation;
    evaluation.comparisons.push_back(compare("fast", candidate));
    return evaluation;
}

/// Everything that an evaluation is shown by.
void expect_reports(Evaluation const& evaluation, Detector const& detector)
{
    auto const json = nlohmann::json::parse(evaluation_json(evaluation));
    auto const& fast = json.at("candidates").at("fast");
    for (auto const& axis : detector.axes)
        EXPECT_EQ(fast.at("profiles").at(axis.name).at("mean").size(), axis.cells) << axis.name;
    EXPECT_EQ(fast.at("layer_profiles").at("hit_share").at("mean").size(), detector.layers());
    EXPECT_EQ(fast.at("layer_correlations").at("reference").size(), detector.layers());
    EXPECT_EQ(fast.at("sampling_fraction").size(), physics::reported_bins(detector).size());
    EXPECT_FALSE(evaluation_text(evaluation).empty());
    auto const& set = *evaluation.comparisons[0].set;
    std::vector<ReportFigure> const figures{
        {"a", "", "b", profile_numbers(evaluation) + spectrum_numbers(evaluation)},
        {"c", "", "d", layer_numbers(evaluation) + correlation_numbers(evaluation.comparisons[0])}};
    for (std::size_t i = 0; i < set.observables().size(); ++i)
        EXPECT_FALSE(observable_numbers(evaluation, i).empty());
    EXPECT_FALSE(html_report(evaluation, figures).empty());
}

/// Draws every picture that there is something to draw for.
void expect_pictures(Evaluation const& evaluation, Detector const& detector)
{
    if (!gnuplot_is_there()) GTEST_SKIP() << "the program gnuplot is not installed";
    TemporaryFolder const folder;
    auto const file = [&](std::string const& name) { return folder.path() / (name + ".png"); };
    bool const has_bins = !detector.energy_edges.empty();
    EXPECT_EQ(draw_profiles(evaluation, file("a")), DrawResult::drawn);
    EXPECT_EQ(draw_layers(evaluation, file("b")), DrawResult::drawn);
    EXPECT_EQ(draw_spectrum(evaluation, file("c")), DrawResult::drawn);
    EXPECT_EQ(draw_sampling_fraction(evaluation, file("d")),
              has_bins ? DrawResult::drawn : DrawResult::nothing_to_draw);
    EXPECT_EQ(draw_correlations(evaluation, evaluation.comparisons[0], file("e")),
              detector.layers() > 1 ? DrawResult::drawn : DrawResult::nothing_to_draw);
    for (std::size_t i = 0; i < evaluation.comparisons[0].set->observables().size(); ++i)
        EXPECT_EQ(draw_observable(evaluation, i, file("f")), DrawResult::drawn) << i;
    auto const one = random_showers(detector, 1, 3);
    EXPECT_EQ(draw_shower_pair({detector, "real", "fast", one, one}, file("g")), DrawResult::drawn);
}

TEST(AnyDetector, a_box_of_even_axes_is_compared_reported_and_drawn)
{
    auto const evaluation = evaluated(toy_box(), 60);
    expect_reports(evaluation, toy_box());
    expect_pictures(evaluation, toy_box());
    EXPECT_TRUE(std::isfinite(evaluation.comparisons[0].shape_mse.value));
    EXPECT_TRUE(std::isfinite(evaluation.comparisons[0].frechet.value));
}

TEST(AnyDetector, a_cylinder_is_compared_reported_and_drawn)
{
    auto const evaluation = evaluated(toy_cylinder(), 60);
    expect_reports(evaluation, toy_cylinder());
    expect_pictures(evaluation, toy_cylinder());
}

TEST(AnyDetector, a_change_is_seen_in_the_subject_named_after_the_axis)
{
    auto const block = random_showers(toy_cylinder(), 400, 1);
    auto worse = block;
    for (std::size_t i = 0; i < worse.cells.size(); ++i)  // the second of four angles, switched off
        if (i / 5 % 4 == 1) worse.cells[i] = 0;
    auto const reference = table_of(toy_cylinder(), block);
    auto const compare = [&](data::ShowerBlock const& candidate) {
        return Comparator(reference, {.tests = {.permutations = 199}})(
                   "fast", table_of(toy_cylinder(), candidate))
            .verdict;
    };
    auto const verdict = compare(worse);
    EXPECT_EQ(verdict.answer, Answer::different);
    auto const angle = find_subject("profile_angle", reference.set());
    auto const& seen = *std::ranges::find(verdict.subjects, angle, &SubjectVerdict::subject);
    EXPECT_EQ(seen.answer, Answer::different);
    EXPECT_EQ(compare(block).answer, Answer::same);
}

TEST(AnyDetector, an_axis_longer_than_the_spectrum_counts_every_bin)
{
    // 51 cells, of which the last lies beyond the 30 bins of a spectrum: half of the energy moved
    // from the first cell to the last one is half of it in the wrong bin.
    auto detector = toy_box();
    detector.axes[0].cells = 51;
    data::ShowerBlock real, fast;
    for (std::size_t i = 0; i < 40; ++i) {
        auto const energy = 20.0F + 0.5F * static_cast<float>(i);
        append_toy(detector, real, energy, {{{0, 1, 1}, 0.02F * energy}});
        append_toy(detector, fast, energy,
                   {{{0, 1, 1}, 0.01F * energy}, {{50, 1, 1}, 0.01F * energy}});
    }
    auto const reference = table_of(detector, real);
    auto const verdict =
        Comparator(reference, {.tests = {.permutations = 99}})("fast", table_of(detector, fast))
            .verdict;
    auto const subject = find_subject("profile_a", reference.set());
    auto const& found = *std::ranges::find(verdict.subjects, subject, &SubjectVerdict::subject);
    EXPECT_NEAR(found.effects.front().value, 50.0, 1e-4);
    EXPECT_EQ(found.answer, Answer::different);
    expect_reports(evaluated(detector, 40), detector);
}

TEST(AnyDetector, axes_of_one_cell_are_constants_and_no_obstacle)
{
    for (std::size_t const long_axis : {0U, 1U, 2U}) {
        auto detector = toy_box();
        for (std::size_t axis = 0; axis < 3; ++axis)
            if (axis != long_axis) detector.axes[axis].cells = 1;
        auto const evaluation = evaluated(detector, 50);
        expect_reports(evaluation, detector);
        expect_pictures(evaluation, detector);
        auto const& set = *evaluation.comparisons[0].set;
        auto const key = long_axis == 1 ? "a_mean" : "longitudinal_mean";
        auto const subject = find_subject(key, set);
        auto const& subjects = evaluation.comparisons[0].verdict.subjects;
        EXPECT_EQ(std::ranges::find(subjects, subject, &SubjectVerdict::subject)->answer,
                  Answer::constant);
        EXPECT_EQ(subjects.size(), subjects_of(set).size());
    }
    EXPECT_THROW(find_subject("layer_correlations",
                              ObservableSet({.name = "flat",
                                             .axes = {Axis{.name = "x", .cells = 2},
                                                      Axis{.name = "y", .cells = 2},
                                                      Axis{.name = "z", .cells = 1}}})),
                 InputError);
}

TEST(AnyDetector, what_a_detector_does_not_know_is_left_out)
{
    auto detector = toy_cylinder();
    detector.energy_edges.clear();
    detector.hit_thresholds.clear();
    auto const evaluation = evaluated(detector, 50);
    expect_reports(evaluation, detector);
    expect_pictures(evaluation, detector);
    EXPECT_TRUE(evaluation.comparisons[0].sampling_fraction.empty());
    EXPECT_GT(evaluation.comparisons[0].reference_hits.value,
              5.0);  // cells above zero, all the same
}

TEST(AnyDetector, an_empty_bin_and_showers_without_energy_are_named)
{
    auto const evaluation = evaluated(toy_cylinder(), 60, 3);  // none above 100 GeV
    expect_reports(evaluation, toy_cylinder());
    expect_pictures(evaluation, toy_cylinder());
    auto const& warnings = evaluation.comparisons[0].warnings;
    auto const said = [&](std::string const& part) {
        return std::ranges::any_of(
            warnings, [&](auto const& text) { return text.find(part) != std::string::npos; });
    };
    EXPECT_TRUE(said("100 - 1000 GeV: empty"));
    EXPECT_TRUE(said("20 of its showers have no energy"));
    EXPECT_TRUE(std::isnan(evaluation.comparisons[0].sampling_fraction[2].candidate.mean));
}

TEST(AnyDetector, tables_of_two_detectors_are_refused_with_their_difference)
{
    auto const box = table_of(toy_box(), random_showers(toy_box(), 30, 1));
    auto other = toy_box();
    other.axes[1].cells = 11;
    auto const shorter = table_of(other, random_showers(other, 30, 1));
    for (auto const compare : {+[](ShowerTable const&a, ShowerTable const&b) {
                                   static_cast<void>(Comparator(a, {})("fast", b));
                               },
                               +[](ShowerTable const&a, ShowerTable const&b) {
                                   static_cast<void>(PairedComparator(a)(b));
                               }}) {
        try {
            compare(box, shorter);
            FAIL();
        } catch (InputError const& error) {
            EXPECT_NE(std::string(error.what()).find("deep has 11 cells, not 12"),
                      std::string::npos)
                << error.what();
        }
        EXPECT_NO_THROW(compare(box, box));
    }
}

}  // namespace
}  // namespace lowcal::validation
