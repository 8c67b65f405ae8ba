#include "data/reading/shower_reader.hpp"
#include "graph/onnx/onnx_file.hpp"
#include "helpers/program.hpp"
#include "helpers/refused.hpp"
#include "helpers/samples.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <sstream>

namespace lowcal::end_to_end {
namespace {

namespace fs = std::filesystem;

/// Sets oneDNN's cap on instruction sets for programs started while it lives.
class InstructionCap {
public:
    explicit InstructionCap(char const* isa) { ::setenv(name, isa, 1); }
    ~InstructionCap() { ::unsetenv(name); }
    InstructionCap(InstructionCap const&) = delete;
    InstructionCap& operator=(InstructionCap const&) = delete;

private:
    static constexpr char const* name = "ONEDNN_MAX_CPU_ISA";
};

std::string shipped_int8_network()
{
    return fs::path(shipped_network()).replace_filename("conv2d.int8.onnx").string();
}

std::vector<float> showers_of(std::string const& network, fs::path const& out)
{
    succeed({"generate", network, "--energies-from", validation_showers(), "--count", "8", "--seed",
             "3", "--out", out.string()});
    return data::read_all_showers(out).cells;
}

/// Root mean square difference over the root mean square.
double relative_noise(std::vector<float> const& one, std::vector<float> const& other)
{
    double noise = 0, size = 0;
    for (std::size_t i = 0; i < one.size(); ++i) {
        noise += std::pow(static_cast<double>(one[i]) - static_cast<double>(other[i]), 2);
        size += std::pow(static_cast<double>(one[i]), 2);
    }
    return std::sqrt(noise / size);
}

class Quantize : public ::testing::Test {
protected:
    TemporaryFolder folder;
};

TEST_F(Quantize, makes_a_network_of_a_quarter_of_the_size_that_runs_in_int8)
{
    auto const out = (folder / "int8.onnx").string();
    auto const said = succeed({"quantize", shipped_network(), "--calibration", validation_showers(),
                               "--count", "8", "--no-bias-correction", "--out", out});
    EXPECT_TRUE(mentions(said.output, {"branch_z.conv3", "int8", "5 input channels"}));
    EXPECT_LT(static_cast<double>(fs::file_size(out)),
              0.28 * static_cast<double>(fs::file_size(shipped_network())));
    EXPECT_TRUE(mentions(succeed({"info", out}).output, {"QuantizeLinear", "energy offset 0.1"}));
    showers_of(out, folder / "a.h5");
    EXPECT_EQ(data::ShowerReader(folder / "a.h5").attributes().at("precision"), "int8");
}

TEST_F(Quantize, the_shipped_int8_network_is_near_the_float32_one)
{
    auto const exact = showers_of(shipped_network(), folder / "f.h5");
    double const noise = relative_noise(exact, showers_of(shipped_int8_network(), folder / "q.h5"));
    // 0.015 to 0.017 for four times eight showers.
    EXPECT_LT(noise, 0.025);
    EXPECT_GT(noise, 0.005);  // float32 would be below
}

TEST_F(Quantize, int8_sums_do_not_saturate_on_cpus_without_vnni)
{
    auto const capped = [&](char const* isa, std::string const& network) {
        InstructionCap const cap(isa);
        return showers_of(network, folder / "capped.h5");
    };
    auto const all_int8 = (folder / "all_int8.onnx").string();
    succeed({"quantize", shipped_network(), "--calibration", validation_showers(), "--count", "8",
             "--no-bias-correction", "--out", all_int8});
    EXPECT_EQ(capped("AVX2", all_int8), capped("SSE41", all_int8));  // bit by bit

    auto const here = showers_of(shipped_int8_network(), folder / "here.h5");
    auto const avx2 = capped("AVX2", shipped_int8_network());
    // Its last convolution is float32, in which SSE4.1 has no fused multiply-add. One saturated sum
    // would move a level, thousands of times more.
    EXPECT_LT(relative_noise(avx2, capped("SSE41", shipped_int8_network())), 1e-5);
    // Post-ops may round otherwise with AVX-512: rare steps of one level, a fraction of the int8
    // network's own noise of 0.016.
    EXPECT_LT(relative_noise(here, avx2), 0.01);
}

TEST_F(Quantize, and_shift_send_no_control_of_a_name_to_the_terminal)
{
    auto const lean = fs::path(shipped_network()).replace_filename("lean.onnx");
    auto network = graph::read_onnx(lean);
    for (auto& node : network.nodes) node.name += "\x1b[2J";
    auto const given = (folder / "given\x1b[2J.onnx").string();
    graph::write_onnx(network, given);
    auto const quantised =
        succeed({"quantize", given, "--calibration", validation_showers(), "--count", "8",
                 "--no-bias-correction", "--out", folder / "int8.onnx"});
    auto const shifted =
        succeed({"shift", given, "--candidate", "one\x1b[2J=" + given, "--count", "100"});
    for (auto const& said : {quantised.output, shifted.output}) {
        EXPECT_TRUE(mentions(said, {"\\x1b[2J"}));
        EXPECT_EQ(said.find('\x1b'), std::string::npos) << said;
    }
}

TEST_F(Quantize, what_cannot_run_in_int8_for_want_of_instructions_says_so)
{
    InstructionCap const cap("SSE41");
    auto const network = fs::path(shipped_network()).replace_filename("conv3d.int8.onnx").string();
    auto const outcome = lowcal({"generate", network, "--precision", "int8", "--energy", "50",
                                 "--count", "1", "--out", folder / "a.h5"});
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_TRUE(mentions(outcome.errors, {"conv3d", "AVX2", "ONEDNN_MAX_CPU_ISA"}));
}

TEST_F(Quantize, tuning_keeps_its_judgements_and_goes_on_with_them)
{
    auto const out = (folder / "tuned.onnx").string();
    fs::path const tuning = out + ".tune";
    std::vector<std::string> const arguments{"quantize",
                                             shipped_network(),
                                             "--calibration",
                                             validation_showers(),
                                             "--count",
                                             "8",
                                             "--no-bias-correction",
                                             "--tune",
                                             "--trials",
                                             "1",
                                             "--judge-count",
                                             "100",
                                             "--final-count",
                                             "100",
                                             "--out",
                                             out};
    EXPECT_TRUE(mentions(succeed(arguments).output, {"0 judgements", "stopped by --trials"}));
    for (auto const* name : {"judgements.jsonl", "front.csv", "criteria.csv"})
        EXPECT_TRUE(fs::exists(tuning / name)) << name;
    auto required = arguments;
    required.push_back("--require");
    // Without corrected means int8 moves criteria: the judgement that is there says so again.
    expect_refused({{required, {"no plan meets all criteria", "best.onnx"}}});
    EXPECT_TRUE(fs::exists(tuning / "best.onnx"));
    EXPECT_TRUE(mentions(succeed(arguments).output, {"1 judgements"}));
    auto other = arguments;
    other[5] = "16";
    expect_refused({{other, {"judgements.jsonl", "another tuning"}}});
}

TEST_F(Quantize, shift_says_that_the_network_itself_moves_nothing_and_int8_does)
{
    auto const said =
        succeed({"shift", shipped_network(), "--count", "100", "--candidate",
                 "same=" + shipped_network(), "--candidate", "int8=" + shipped_int8_network(),
                 "--json", (folder / "shift.json").string()});
    EXPECT_TRUE(fs::exists(folder / "shift.json"));
    std::size_t criteria = 0, moved = 0;
    auto const row = [&](std::string const& name) {
        std::istringstream words(said.output.substr(said.output.find("\n" + name)));
        std::string ignored;
        words >> ignored >> criteria >> moved;
    };
    row("same");
    EXPECT_GT(criteria, 200U);
    EXPECT_EQ(moved, 0U);
    row("int8");
    EXPECT_GT(moved, 0U);
}

TEST_F(Quantize, refuses_what_cannot_be_quantised_and_says_why)
{
    auto const out = (folder / "x.onnx").string();
    expect_refused(
        {{{"quantize", shipped_network(), "--calibration", validation_showers(), "--out",
           (folder / "mine").string()},
          {"/mine", "end it in .onnx"}},
         {{"shift", shipped_network(), "--count", "100", "--candidate",
           "other=" LOWCAL_SOURCE_DIR "/models/lean.onnx"},
          {"other inputs"}},
         {{"quantize", shipped_network(), "--calibration", "no_such.h5", "--out", out},
          {"no_such.h5"}},
         {{"quantize", shipped_network(), "--calibration", validation_showers(), "--count", "5000",
           "--out", out},
          {"5000", "1000"}},
         {{"quantize", shipped_int8_network(), "--calibration", validation_showers(), "--out", out},
          {"quantised already"}},
         {{"quantize", shipped_network(), "--calibration", validation_showers(), "--float32",
           "no.such.layer", "--out", out},
          {"no.such.layer"}},
         {{"generate", shipped_network(), "--energy", "50", "--count", "1", "--precision", "int8",
           "--out", (folder / "a.h5").string()},
          {"no int8 layer"}}});
    EXPECT_FALSE(fs::exists(out));
}

}  // namespace
}  // namespace lowcal::end_to_end
