// Trainings that several processes share: the same curve, whatever their number; what a lost one
// does.

#include "helpers/program.hpp"
#include "helpers/samples.hpp"

#include <arpa/inet.h>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <netinet/in.h>
#include <sstream>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace lowcal::end_to_end {
namespace {

namespace fs = std::filesystem;

/// A TCP port of this machine that nobody listens on.
int free_port()
{
    int const listener = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);
    ::close(listener);
    return ::ntohs(address.sin_port);
}

/// Sets variables of the environment as long as it lives.
class Environment {
public:
    explicit Environment(std::vector<std::pair<std::string, std::string>> given)
        : variables_(std::move(given))
    {
        for (auto const& [name, value] : variables_) ::setenv(name.c_str(), value.c_str(), 1);
    }
    ~Environment()
    {
        for (auto const& [name, value] : variables_) ::unsetenv(name.c_str());
    }
    Environment(Environment const&) = delete;
    Environment& operator=(Environment const&) = delete;

private:
    std::vector<std::pair<std::string, std::string>> variables_;
};

class Ranks : public ::testing::Test {
protected:
    TemporaryFolder folder;
    std::string showers = folder / "few.h5";

    void SetUp() override
    {
        succeed({"convert", validation_showers(), showers, "--to", "clic", "--count", "72"});
    }

    /// A training of the few showers, one line of the table a step.
    Arguments training(Arguments const& kind, std::string const& out, std::string const& batch,
                       std::string const& steps) const
    {
        Arguments arguments{"train"};
        arguments.insert(arguments.end(), kind.begin(), kind.end());
        Arguments const common{"--data",      showers,   "--out",   folder / out, "--held-out",
                               "8",           "--batch", batch,     "--threads",  "1",
                               "--log-steps", "1",       "--steps", steps};
        arguments.insert(arguments.end(), common.begin(), common.end());
        return arguments;
    }

    Arguments lean(std::string const& out, Arguments const& more = {},
                   std::string const& steps = "12") const
    {
        Arguments kind{"--arch", "lean", "--head-batch", "32", "--head-steps", "4"};
        kind.insert(kind.end(), more.begin(), more.end());
        return training(kind, out, "32", steps);
    }

    /// A 3DGAN with real partners, which have the layers of the shipped lean's flow.
    Arguments paired(std::string const& architecture, std::string const& out,
                     Arguments const& more = {}) const
    {
        Arguments kind{"--arch", architecture,   "--recipe",
                       "paired", "--layer-flow", LOWCAL_SOURCE_DIR "/models/training/lean.pt"};
        kind.insert(kind.end(), more.begin(), more.end());
        return training(kind, out, "8", "2");
    }

    /// Starts a rank of each list of arguments.
    static std::vector<std::unique_ptr<Program>> start(std::vector<Arguments> const& ranks)
    {
        auto const port = std::to_string(free_port());
        std::vector<std::unique_ptr<Program>> programs;
        for (std::size_t rank = 0; rank < ranks.size(); ++rank) {
            Environment const environment({{"RANK", std::to_string(rank)},
                                           {"WORLD_SIZE", std::to_string(ranks.size())},
                                           {"MASTER_ADDR", "127.0.0.1"},
                                           {"MASTER_PORT", port}});
            programs.push_back(std::make_unique<Program>(ranks[rank]));
        }
        return programs;
    }

    /// Trains with so many ranks; returns the numbers of losses.csv but the seconds.
    std::vector<double> curve(Arguments const& arguments, std::string const& out, std::size_t ranks)
    {
        if (ranks == 1)
            succeed(arguments);
        else
            for (auto& program : start(std::vector(ranks, arguments))) {
                auto const outcome = program->wait();
                EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
            }
        std::istringstream table(content(folder / (out + "/losses.csv")));
        std::string line;
        std::getline(table, line);
        std::vector<double> numbers;
        while (std::getline(table, line)) {
            std::istringstream fields(line);
            std::string field;
            for (int column = 0; std::getline(fields, field, ','); ++column)
                if (column != 2) numbers.push_back(std::stod(field));
        }
        return numbers;
    }

    /// Largest difference, in units of the numbers' mean size.
    static double difference(std::vector<double> const& one, std::vector<double> const& other)
    {
        EXPECT_EQ(one.size(), other.size());
        EXPECT_FALSE(one.empty());
        double worst = 0;
        for (std::size_t i = 0; i < std::min(one.size(), other.size()); ++i)
            worst = std::max(worst, std::abs(one[i] - other[i]) /
                                        (std::abs(one[i]) + std::abs(other[i]) + 1e-3));
        return worst;
    }
};

TEST_F(Ranks, of_any_number_train_lean_along_one_curve)
{
    // Of float32, which the critic enlarges from step to step: up to 0.0063 with the BLAS of an
    // AVX2 machine.
    constexpr double rounding = 1e-2;
    auto const alone = curve(lean("one"), "one", 1);
    EXPECT_LT(difference(alone, curve(lean("two"), "two", 2)), rounding);
    EXPECT_LT(difference(alone, curve(lean("four"), "four", 4)), rounding);
    auto const other = curve(lean("other", {"--seed", "9"}), "other", 2);
    EXPECT_GT(difference(alone, other), 10 * rounding);  // the check bites
}

TEST_F(Ranks, train_the_3dgans_along_one_curve)
{
    constexpr double rounding = 5e-3;  // of float32
    for (std::string const architecture : {"conv2d", "conv3d"}) {
        auto const alone = curve(paired(architecture, architecture), architecture, 1);
        auto const out = architecture + "_by_two";
        EXPECT_LT(difference(alone, curve(paired(architecture, out), out, 2)), rounding);
        if (architecture == "conv3d") continue;
        auto const other = curve(paired(architecture, "other", {"--seed", "9"}), "other", 2);
        EXPECT_GT(difference(alone, other), 10 * rounding);  // the check bites
        Arguments const warm{"--warm-up-epochs", "1"};       // without a critic
        auto const warm_alone = curve(paired(architecture, "warm", warm), "warm", 1);
        EXPECT_LT(difference(warm_alone, curve(paired(architecture, "warm2", warm), "warm2", 2)),
                  rounding);
    }
}

TEST_F(Ranks, of_which_one_is_told_to_stop_all_stop_with_a_checkpoint)
{
    auto const arguments = lean("run", {}, "100000");
    auto programs = start({arguments, arguments});
    while (programs[0]->running() && !fs::exists(folder / "run/losses.csv"))
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    programs[1]->send(SIGINT);
    for (auto& program : programs) {
        auto const outcome = program->wait();
        EXPECT_FALSE(mentions(outcome.errors, {"lost"})) << outcome.errors;
        EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
    }
    EXPECT_TRUE(fs::exists(folder / "run/checkpoint.pt"));
}

TEST_F(Ranks, of_which_one_is_lost_end_and_another_number_goes_on_from_the_checkpoint)
{
    auto const arguments = lean("run", {"--checkpoint-minutes", "0.005"}, "100000");
    auto programs = start({arguments, arguments});
    while (programs[0]->running() && !fs::exists(folder / "run/checkpoint.previous.pt"))
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    EXPECT_EQ(programs[1]->kill().exit_code, -1);
    auto const first = programs[0]->wait();
    EXPECT_EQ(first.exit_code, 1);
    EXPECT_TRUE(mentions(first.errors, {"another rank", "lost", "--resume"}));
    ASSERT_TRUE(fs::exists(folder / "run/checkpoint.pt"));
    auto const more = lean("run", {"--resume", "--minutes", "0.001"}, "100000");
    for (auto& program : start(std::vector(4, more))) {
        auto const outcome = program->wait();
        EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
    }
}

}  // namespace
}  // namespace lowcal::end_to_end
