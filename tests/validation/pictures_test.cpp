#include "validation/report/pictures.hpp"

#include "core/error.hpp"
#include "validation/known_showers.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace lowcal::validation {
namespace {

std::string content_of(std::filesystem::path const& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

Evaluation example()
{
    static auto const reference = observed(part_of(real_showers(), 0, 60));
    Comparator const compare(reference, {.bootstrap = {.replicas = 20}, .floor_splits = 10});
    Evaluation evaluation;
    evaluation.reference_name = "Geant4";
    evaluation.comparisons.push_back(
        compare("it's_%a \"name\"", observed(part_of(real_showers(), 60, 60))));
    return evaluation;
}

/// Puts an empty folder in the path's place while it lives.
class WithoutPrograms {
public:
    explicit WithoutPrograms(std::filesystem::path const& folder) : path_(std::getenv("PATH"))
    {
        ::setenv("PATH", folder.c_str(), 1);
    }
    ~WithoutPrograms() { ::setenv("PATH", path_.c_str(), 1); }
    WithoutPrograms(WithoutPrograms const&) = delete;
    WithoutPrograms& operator=(WithoutPrograms const&) = delete;

private:
    std::string path_;
};

TEST(Pictures, are_drawn_as_png_and_svg_with_the_names_of_the_samples)
{
    if (!gnuplot_is_there()) GTEST_SKIP() << "the program gnuplot is not installed";
    TemporaryFolder const folder;
    auto const evaluation = example();
    ShowerPair const pair{clic_detector(), "Geant4", "it's_%a \"name\"",
                          part_of(real_showers(), 3, 1), part_of(real_showers(), 4, 1)};
    auto const file_of_report = folder.path() / "of_report.svg";
    for (char const* ending : {".png", ".svg"}) {
        auto const file = [&](char const* name) {
            return folder.path() / (name + std::string(ending));
        };
        EXPECT_EQ(draw_profiles(evaluation, file("profiles")), DrawResult::drawn);
        EXPECT_EQ(draw_sampling_fraction(evaluation, file("fraction")), DrawResult::drawn);
        EXPECT_EQ(draw_shower_pair(pair, file("showers")), DrawResult::drawn);
        for (char const* name : {"profiles", "fraction", "showers"}) {
            auto const content = content_of(file(name));
            EXPECT_GT(content.size(), 10000U) << name << ending;
            if (std::string(ending) == ".png") {
                EXPECT_EQ(content.substr(1, 3), "PNG");
            } else {
                EXPECT_NE(content.find("Geant4"), std::string::npos) << name;
                EXPECT_NE(content.find("it's_%a"), std::string::npos) << name;
                EXPECT_NE(content.find("</svg>"), std::string::npos) << name;
            }
        }
    }
    // One of a report leaves the names to the report.
    for (auto const draw : {draw_profiles, draw_sampling_fraction, draw_layers, draw_spectrum}) {
        EXPECT_EQ(draw(evaluation, file_of_report, Legend::shared), DrawResult::drawn);
        EXPECT_EQ(content_of(file_of_report).find("it's_%a"), std::string::npos);
        EXPECT_EQ(draw(evaluation, file_of_report, Legend::own), DrawResult::drawn);
        EXPECT_NE(content_of(file_of_report).find("it's_%a"), std::string::npos);
    }
    std::filesystem::remove(file_of_report);
    // Nothing but the pictures is left.
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 6);
}

TEST(Pictures, can_be_drawn_of_showers_without_energy)
{
    if (!gnuplot_is_there()) GTEST_SKIP() << "the program gnuplot is not installed";
    TemporaryFolder const folder;
    data::ShowerBlock empty;
    append_shower(empty, 100.0F, {});
    auto const reference = observed(empty);
    Evaluation evaluation;
    evaluation.comparisons.push_back(Comparator(reference, {})("empty", reference));
    EXPECT_EQ(draw_profiles(evaluation, folder.path() / "a.png"), DrawResult::drawn);
    EXPECT_EQ(draw_sampling_fraction(evaluation, folder.path() / "b.png"), DrawResult::drawn);
    EXPECT_EQ(draw_shower_pair({clic_detector(), "a", "b", empty, empty}, folder.path() / "c.png"),
              DrawResult::drawn);
}

TEST(Pictures, without_gnuplot_nothing_is_written_and_the_caller_is_told)
{
    TemporaryFolder const folder;
    auto const evaluation = example();
    WithoutPrograms const empty_path(folder.path());
    EXPECT_EQ(draw_profiles(evaluation, folder.path() / "a.png"), DrawResult::no_gnuplot);
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Pictures, a_picture_that_cannot_be_written_is_an_error_in_words)
{
    if (!gnuplot_is_there()) GTEST_SKIP() << "the program gnuplot is not installed";
    EXPECT_THROW(draw_profiles(example(), "/no/such/folder/a.png"), InputError);
    TemporaryFolder const folder;
    try {
        draw_with_gnuplot(folder.path() / "a.png", {}, "plot nonsense\n");
        FAIL();
    } catch (InputError const& error) {
        EXPECT_NE(std::string(error.what()).find("undefined variable"), std::string::npos)
            << error.what();
    }
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace lowcal::validation
