#include "end_to_end/helpers/program.hpp"
#include "sanitized.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

namespace lowcal::end_to_end {
namespace {

namespace fs = std::filesystem;

/// A sound network or file of our own takes a tenth of either.
constexpr Limits modest{.memory_bytes = memory_sanitized ? 0 : std::size_t{4} << 30U,
                        .cpu_seconds = memory_sanitized ? 100U : 20U};

/// A file of tests/hostile and a folder for what commands write.
class HostileFile : public ::testing::TestWithParam<fs::path> {
protected:
    fs::path folder_;

    void SetUp() override
    {
        auto name = (fs::temp_directory_path() / "lowcal-hostile-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder_ = name;
    }
    void TearDown() override { fs::remove_all(folder_); }

    /// The program ends by itself within the limits; where it fails it says why and leaves nothing.
    void survive(Arguments const& arguments) const
    {
        auto const outcome = lowcal(arguments, modest);
        auto const said = arguments.front() + " " + GetParam().string() + "\n" + outcome.errors;
        EXPECT_GE(outcome.exit_code, 0) << "ended by a signal: " << said;
        EXPECT_LE(outcome.exit_code, 3) << said;
        EXPECT_EQ(outcome.errors.find("unexpected"), std::string::npos) << said;
        if (outcome.exit_code == 0) return;
        EXPECT_FALSE(outcome.errors.empty()) << said;
        EXPECT_TRUE(fs::is_empty(folder_)) << said;
    }
};

std::vector<fs::path> files_of(std::string const& folder)
{
    std::vector<fs::path> files;
    for (auto const& entry : fs::directory_iterator(LOWCAL_SOURCE_DIR "/tests/hostile/" + folder))
        files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

std::string name_of(::testing::TestParamInfo<fs::path> const& info)
{
    auto name = info.param.stem().string();
    std::replace_if(
        name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
    return name;
}

class HostileNetwork : public HostileFile {};

TEST_P(HostileNetwork, is_described_or_refused)
{
    survive({"info", GetParam()});
    survive({"info", "--json", GetParam()});
}

TEST_P(HostileNetwork, makes_showers_or_is_refused)
{
    survive({"generate", GetParam(), "--energy", "50", "--count", "3", "--threads", "1", "--out",
             folder_ / "showers.h5"});
}

TEST_P(HostileNetwork, is_quantised_or_refused)
{
    survive({"quantize", GetParam(), "--calibration", LOWCAL_SOURCE_DIR "/data/validation.h5",
             "--count", "8", "--out", folder_ / "int8.onnx"});
}

INSTANTIATE_TEST_SUITE_P(Every, HostileNetwork, ::testing::ValuesIn(files_of("networks")), name_of);

class HostileShowers : public HostileFile {};

TEST_P(HostileShowers, are_described_or_refused)
{
    survive({"info", GetParam()});
    survive({"info", "--json", "--skip-bad-showers", GetParam()});
}

TEST_P(HostileShowers, are_converted_or_refused)
{
    survive({"convert", GetParam(), folder_ / "converted.h5", "--to", "calochallenge"});
}

TEST_P(HostileShowers, are_merged_or_refused)
{
    survive({"merge", GetParam(), GetParam(), "--out", folder_ / "merged.h5"});
}

TEST_P(HostileShowers, lend_their_energies_or_are_refused)
{
    survive({"generate", LOWCAL_SOURCE_DIR "/models/lean.int8.onnx", "--energies-from", GetParam(),
             "--count", "1", "--threads", "1", "--out", folder_ / "showers.h5"});
}

INSTANTIATE_TEST_SUITE_P(Every, HostileShowers, ::testing::ValuesIn(files_of("showers")), name_of);

}  // namespace
}  // namespace lowcal::end_to_end
