#include "drift_figures.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>

namespace lowcal::physics {
namespace {

/// Another order of rounding may change last bits, it may not move physics: each mean stays within
/// a tenth of its own statistical error over these 100 showers, which 10 000 showers would just
/// see.
constexpr double allowed_errors = 0.1;

Figures recorded_figures(std::string const& network)
{
    auto const recorded = nlohmann::json::parse(std::ifstream(recorded_file()));
    Figures figures;
    for (auto const& [key, figure] : recorded.at(network).items())
        figures[key] = {.mean = figure.at("mean"), .error = figure.at("error")};
    return figures;
}

/// The observables whose mean is not where it was, in words; empty where all are.
std::string drifted(Figures const& now, Figures const& before)
{
    std::string text;
    for (auto const& [key, figure] : before) {
        auto const found = now.find(key);
        bool const stays = found != now.end() && std::abs(found->second.mean - figure.mean) <=
                                                     allowed_errors * figure.error;
        if (!stays) text += key + " ";
    }
    return text;
}

class Drift : public ::testing::TestWithParam<std::filesystem::path> {};

TEST_P(Drift, a_shipped_network_has_the_physics_that_it_was_shipped_with)
{
    auto const before = recorded_figures(GetParam().filename().string());
    auto [detector, showers] = reference_showers(GetParam());
    EXPECT_EQ(drifted(figures_of(showers, detector), before), "")
        << "after a network was replaced on purpose: build/release/bin/record_drift";
    // The check bites: half a per cent of energy is found.
    for (auto& cell : showers.cells) cell *= 1.005F;
    EXPECT_NE(drifted(figures_of(showers, detector), before).find("sampling_fraction"),
              std::string::npos);
}

std::string name_of(::testing::TestParamInfo<std::filesystem::path> const& info)
{
    auto name = info.param.stem().string();
    std::replace(name.begin(), name.end(), '.', '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(Shipped, Drift, ::testing::ValuesIn(shipped_networks()), name_of);

}  // namespace
}  // namespace lowcal::physics
