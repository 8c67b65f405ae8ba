#include "data/shower_files.hpp"
#include "helpers/program.hpp"
#include "x86_64.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace lowcal::end_to_end {
namespace {

namespace fs = std::filesystem;

/// What oneDNN may use, in its own words; a CPU without them runs what it has.
constexpr char const* caps[] = {"SSE41", "AVX2", "AVX512_CORE", "DEFAULT"};
/// Float32 sums in another order differ in last places: of thousands of products by up to a hundred
/// of those of the largest cell.
constexpr float rounding = 100 * std::numeric_limits<float>::epsilon();
/// Without AVX2 int8 volumes run in float32: by a level of int8, a 255th of its range, at most.
constexpr float one_level = 1.0F / 255.0F;

class Capped {
public:
    explicit Capped(char const* cap) { ::setenv("ONEDNN_MAX_CPU_ISA", cap, 1); }
    ~Capped() { ::unsetenv("ONEDNN_MAX_CPU_ISA"); }
    Capped(Capped const&) = delete;
    Capped& operator=(Capped const&) = delete;
};

struct How {
    char const* cap = "DEFAULT";
    std::string batch = "0";
    std::string threads = "1";
};

class Bytes : public ::testing::TestWithParam<std::string> {
protected:
    data::TemporaryFolder folder_;

    std::vector<float> showers(How const& how) const
    {
        Capped const capped(how.cap);
        auto const file = folder_ / "showers.h5";
        succeed({"generate", LOWCAL_SOURCE_DIR "/models/" + GetParam() + ".onnx", "--energy",
                 "2:500", "--count", "9", "--seed", "3", "--batch", how.batch, "--threads",
                 how.threads, "--out", file});
        return data::read_numbers(file, "ECAL");
    }
};

float largest_difference(std::vector<float> const& a, std::vector<float> const& b)
{
    float largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
    return largest;
}

TEST_P(Bytes, do_not_depend_on_batch_and_threads)
{
    auto const expected = showers({});
    ASSERT_FALSE(expected.empty());
    EXPECT_EQ(showers({.batch = "1"}), expected);
    EXPECT_EQ(showers({.batch = "5", .threads = "3"}), expected);
}

TEST_P(Bytes, of_other_instruction_sets_differ_by_rounding_at_most)
{
    if (!test::is_x86_64) GTEST_SKIP() << test::only_x86_64;
    auto const expected = showers({});
    ASSERT_FALSE(expected.empty());
    auto const largest = *std::max_element(expected.begin(), expected.end());
    for (auto const* cap : caps) {
        auto const capped = showers({.cap = cap});
        ASSERT_EQ(capped.size(), expected.size());
        bool const other_volumes = GetParam() == "conv3d.int8" && cap == std::string("SSE41");
        auto const allowed = other_volumes ? one_level : rounding;
        EXPECT_LE(largest_difference(capped, expected), allowed * largest) << cap;
        bool const exact = GetParam() == "lean.int8" || GetParam().starts_with("fine");
        EXPECT_TRUE(!exact || capped == expected) << cap;
    }
}

std::string name_of(::testing::TestParamInfo<std::string> const& network)
{
    auto name = network.param;
    std::replace(name.begin(), name.end(), '.', '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(Shipped, Bytes,
                         ::testing::Values("lean", "lean.int8", "fine", "fine.int8", "conv2d",
                                           "conv2d.int8", "conv3d", "conv3d.int8"),
                         name_of);

}  // namespace
}  // namespace lowcal::end_to_end
