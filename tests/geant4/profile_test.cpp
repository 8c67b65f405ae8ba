// What of the Geant4 example needs no Geant4: its profiles, and the picture of them.
#include "../../examples/geant4/profile.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace {

Profile of(std::vector<std::vector<double>> const& events)
{
    Profile profile;
    for (auto const& event : events) profile.add(event);
    return profile;
}

TEST(Profile, is_the_share_of_each_layer_and_its_error)
{
    auto const profile = of({{1, 2, 1}, {3, 2, 1}});  // sums 4, 4, 2 of 10
    EXPECT_EQ(profile.percent(), (std::vector<double>{40, 40, 20}));
    auto const error = profile.error();
    // Spread of {1, 3} is sqrt(2), of their sum 2, of 10.
    EXPECT_NEAR(error[0], 20, 1e-9);
    EXPECT_NEAR(error[1], 0, 1e-9);
    EXPECT_EQ(of({{1, 2, 1}}).error(), (std::vector<double>{0, 0, 0}));
}

std::filesystem::path written(char const* name, std::vector<Profile> const& profiles)
{
    auto path = std::filesystem::path(testing::TempDir()) / name;
    auto* const file = std::fopen(path.c_str(), "w");
    for (auto const& profile : profiles) profile.write(file, "run");
    std::fclose(file);
    return path;
}

TEST(Profile, is_written_as_a_data_set_for_each_run)
{
    std::ifstream file(written("two.txt", {of({{1, 3}}), of({{1, 1}})}));
    std::stringstream text;
    text << file.rdbuf();
    EXPECT_EQ(text.str(), "# run\n0 25 0\n1 75 0\n\n\n# run\n0 50 0\n1 50 0\n\n\n");
}

/// The exit code of gnuplot with the example's script.
int draw(std::filesystem::path const& profiles, std::filesystem::path const& picture)
{
    auto const command = "gnuplot -c " LOWCAL_SOURCE_DIR "/examples/geant4/profiles.gp " +
                         profiles.string() + " " + picture.string() + " 2> /dev/null";
    return std::system(command.c_str());
}

TEST(Profile, is_drawn_by_the_examples_script)
{
    if (std::system("gnuplot --version > /dev/null 2>&1") != 0)
        GTEST_SKIP() << "the program gnuplot is not installed";
    auto const picture = std::filesystem::path(testing::TempDir()) / "profiles.png";
    std::filesystem::remove(picture);
    auto const full = of({{1, 5, 3, 0}, {2, 6, 2, 0}});
    auto const fast = of({{1, 6, 3, 0}, {2, 6, 3, 0}});
    EXPECT_EQ(draw(written("both.txt", {full, fast}), picture), 0);
    EXPECT_GT(std::filesystem::file_size(picture), 4000U);
    EXPECT_NE(draw(written("unlike.txt", {full, of({{1, 2, 3}})}), picture), 0);
    EXPECT_NE(draw(written("one.txt", {full}), picture), 0);
}

}  // namespace
