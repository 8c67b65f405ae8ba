#include "graph/onnx/onnx_file.hpp"
#include "helpers/invented.hpp"
#include "helpers/kill_loop.hpp"
#include "helpers/samples.hpp"

#include <algorithm>
#include <map>
#include <sstream>

namespace lowcal::end_to_end {
namespace {

namespace fs = std::filesystem;

/// A table without its column of seconds, which no two runs share.
std::string without_seconds(std::string const& table)
{
    std::istringstream lines(table);
    std::string result;
    for (std::string line; std::getline(lines, line);) {
        auto const first = line.find(',', line.find(',') + 1);
        result += line.substr(0, first) + line.substr(line.find(',', first + 1)) + "\n";
    }
    return result;
}

TEST(KilledTraining, ends_with_the_same_network_and_curve)
{
    TemporaryFolder const folder;
    auto const work = folder / "run";
    fs::create_directories(work);
    auto const showers = (folder / "few.h5").string();
    write(showers, toy(), invented(toy(), 24));
    Arguments const command{"train", "--arch",       "lean", "--data",
                            showers, "--out",        work,   "--held-out",
                            "8",     "--batch",      "8",    "--head-steps",
                            "20",    "--head-batch", "8",    "--threads",
                            "1",     "--steps",      "43",   "--checkpoint-minutes",
                            "0.005"};
    auto const network = (folder / "network.onnx").string();
    auto const weights = [&] {
        succeed({"train", "--out", work, "--export", network});
        std::map<std::string, std::vector<float>> all;
        for (auto const& [name, constant] : graph::read_onnx(network).constants)
            all[name] = constant.floats;
        return all;
    };
    auto const duration = duration_of(command);
    auto const expected = weights();
    auto const curve = without_seconds(content(work / "losses.csv"));
    EXPECT_EQ(std::count(curve.begin(), curve.end(), '\n'), 5);  // a head and four times ten steps
    fs::remove_all(work);
    fs::create_directories(work);
    kill_again_and_again({.again =
                              [&] {
                                  auto arguments = command;
                                  bool const begun = fs::exists(work / "checkpoint.pt") ||
                                                     fs::exists(work / "checkpoint.new.pt") ||
                                                     fs::exists(work / "checkpoint.previous.pt");
                                  if (begun) arguments.emplace_back("--resume");
                                  return arguments;
                              },
                          .expect_done =
                              [&] {
                                  EXPECT_EQ(weights(), expected);
                                  EXPECT_EQ(without_seconds(content(work / "losses.csv")), curve);
                              },
                          .clear =
                              [&] {
                                  fs::remove_all(work);
                                  fs::create_directories(work);
                              }},
                         duration);
}

}  // namespace
}  // namespace lowcal::end_to_end
