#include "geant4/hits/gate.hpp"

#include "core/error.hpp"
#include "geant4/toy.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>

namespace lowcal::geant4 {
namespace {

/// A box about the origin, as Geant4's G4Box answers.
class Box : public Envelope {
public:
    explicit Box(Vector const& half) : half_(half) {}
    double distance_to_exit(Vector const& from, Vector const& direction) const override
    {
        auto const along = [](double place, double speed, double half) {
            if (speed == 0) return std::numeric_limits<double>::infinity();
            return (half - std::copysign(place, place * speed)) / std::abs(speed);
        };
        return std::min({along(from.x, direction.x, half_.x), along(from.y, direction.y, half_.y),
                         along(from.z, direction.z, half_.z)});
    }

private:
    Vector half_;
};

Box const box({50, 60, 100});  // its face is at z = -100

Gate::Config config()
{
    return {.pdg = {22},
            .energies = {1, 100},
            .largest_angle = 0.1,
            .largest_depth = 2,
            .side_margin = 10,
            .least_length = 200};
}

Particle entering()
{
    return {.pdg = 22, .energy = 10, .position = {0, 0, -99}, .direction = {0, 0, 1}};
}

Answer answer(Particle particle, Gate::Config const& of = config())
{
    return Gate(of, Axes{})(particle, box);
}

TEST(Gate, takes_its_particles_alone)
{
    Gate const gate(config(), Axes{});
    EXPECT_TRUE(gate.takes(22));
    EXPECT_FALSE(gate.takes(-22));
    auto particle = entering();
    EXPECT_EQ(gate(particle, box), Answer::taken);
    EXPECT_DOUBLE_EQ(particle.depth, 1);
}

TEST(Gate, holds_both_ends_of_the_range)
{
    for (auto const& [energy, expected] :
         std::vector<std::pair<double, Answer>>{{1, Answer::taken},
                                                {100, Answer::taken},
                                                {0.999, Answer::out_of_range},
                                                {100.1, Answer::out_of_range},
                                                {std::nan(""), Answer::out_of_range}}) {
        auto particle = entering();
        particle.energy = energy;
        EXPECT_EQ(answer(particle), expected) << energy;
    }
}

TEST(Gate, refuses_particles_that_lean_too_far_or_come_from_behind)
{
    for (auto const& [angle, expected] :
         std::vector<std::pair<double, Answer>>{{0.099, Answer::taken},
                                                {-0.099, Answer::taken},
                                                {0.101, Answer::too_steep},
                                                {std::numbers::pi, Answer::too_steep}}) {
        auto particle = entering();
        particle.direction = {std::sin(angle), 0, std::cos(angle)};
        EXPECT_EQ(answer(particle), expected) << angle;
    }
}

TEST(Gate, refuses_particles_along_the_face_whatever_their_angle)
{
    auto any_angle = config();
    any_angle.largest_angle = 0.5 * std::numbers::pi;
    auto particle = entering();
    particle.direction = {1, 0, 0};
    EXPECT_EQ(answer(particle, any_angle), Answer::too_steep);
    particle.direction = {std::sqrt(1 - 1e-6), 0, 1e-3};
    EXPECT_EQ(answer(particle, any_angle), Answer::taken);
}

TEST(Gate, refuses_particles_that_do_not_enter_through_the_face)
{
    auto particle = entering();
    particle.position.z = -98;
    EXPECT_EQ(answer(particle), Answer::taken);
    particle.position.z = -97.9;
    EXPECT_EQ(answer(particle), Answer::inside);
}

TEST(Gate, refuses_windows_that_reach_over_a_side)
{
    for (auto const& [x, y, expected] :
         std::vector<std::tuple<double, double, Answer>>{{40, 0, Answer::taken},
                                                         {40.1, 0, Answer::at_the_side},
                                                         {-40.1, 0, Answer::at_the_side},
                                                         {0, -50, Answer::taken},
                                                         {0, -50.1, Answer::at_the_side}}) {
        auto particle = entering();
        particle.position.x = x;
        particle.position.y = y;
        EXPECT_EQ(answer(particle), expected) << x << ' ' << y;
    }
}

TEST(Gate, refuses_volumes_that_are_shorter_than_the_window)
{
    auto longer = config();
    longer.least_length = 200.1;
    EXPECT_EQ(answer(entering(), longer), Answer::leaves);
}

TEST(Gate, asks_the_network_what_it_was_made_for)
{
    Placement const placement(test::toy_grid(), {});
    runtime::ShowerGenerator const knowing(test::telling_network(), {});
    auto const of_knowing = Gate::config_of(knowing, placement);
    EXPECT_EQ(of_knowing.energies, (EnergyBin{1, 100}));
    EXPECT_DOUBLE_EQ(of_knowing.largest_angle, 0.5 * std::numbers::pi);
    EXPECT_DOUBLE_EQ(of_knowing.least_length, 15);
    EXPECT_TRUE(of_knowing.pdg.empty());
}

std::string refusal(Gate::Config const& of)
{
    try {
        Gate(of, Axes{});
    } catch (InputError const& error) {
        return error.what();
    }
    return "none";
}

TEST(Gate, refuses_to_be_one_that_nothing_passes)
{
    EXPECT_EQ(refusal(config()), "none");
    auto nobody = config();
    nobody.pdg.clear();
    EXPECT_EQ(refusal(nobody),
              "no particle gets fast showers (the network does not say whom it is made for); give "
              "PDG codes");
    auto unknown = config();
    unknown.energies = {};
    EXPECT_NE(refusal(unknown).find("no energy gets fast showers"), std::string::npos);
    auto steep = config();
    steep.largest_angle = 1.6;
    EXPECT_EQ(refusal(steep), "the largest angle is not between 0 and a right angle");
    auto negative = config();
    negative.side_margin = -1;
    EXPECT_EQ(refusal(negative), "a length of the gate is negative or no number");
}

}  // namespace
}  // namespace lowcal::geant4
