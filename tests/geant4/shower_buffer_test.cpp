#include "geant4/hits/shower_buffer.hpp"

#include "core/error.hpp"
#include "geant4/toy.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <thread>

namespace lowcal::geant4 {
namespace {

struct Deposit {
    std::size_t particle;
    Vector place;
    double energy;

    bool operator==(Deposit const&) const = default;
};

/// Keeps deposits, by the number of the particle in its event.
struct Kept : DepositSink {
    void deposit(std::size_t shower, Vector const& place, double energy) override
    {
        deposits.push_back({before + shower, place, energy});
    }
    std::vector<Deposit> deposits;
    std::size_t before = 0;
};

std::shared_ptr<runtime::ShowerGenerator const> generator()
{
    return std::make_shared<runtime::ShowerGenerator>(test::telling_network(),
                                                      runtime::ShowerGenerator::Config{});
}

Particle particle(int i)
{
    return {
        .pdg = 11 + i, .energy = 2.0 + i, .position = {1.0 * i, 0, 0}, .direction = {0, 0.6, 0.8}};
}

constexpr int particles = 9;

/// The deposits of an event of `particles` particles, flushed after each `together` of them.
std::vector<Deposit> event(ShowerBuffer& buffer, std::uint64_t seed, int together)
{
    Kept kept;
    buffer.begin_event(seed);
    for (int i = 0; i < particles; ++i) {
        buffer.add(particle(i));
        if ((i + 1) % together != 0) continue;
        buffer.flush(kept);
        kept.before = static_cast<std::size_t>(i) + 1;
    }
    buffer.flush(kept);
    return kept.deposits;
}

TEST(ShowerBuffer, makes_the_same_deposits_one_by_one_and_together)
{
    ShowerBuffer buffer(generator(), Placement(test::toy_grid(), {}), 0);
    auto const one_by_one = event(buffer, 7, 1);
    EXPECT_EQ(one_by_one.size(), 6U * particles);
    for (int const together : {2, 4, particles}) EXPECT_EQ(event(buffer, 7, together), one_by_one);
    EXPECT_NE(event(buffer, 8, 1), one_by_one);
}

TEST(ShowerBuffer, makes_the_same_deposits_on_any_thread_of_one_generator)
{
    auto const shared = generator();
    ShowerBuffer alone(shared, Placement(test::toy_grid(), {}), 0);
    std::vector<std::vector<Deposit>> expected;
    for (std::uint64_t seed = 0; seed < 40; ++seed) expected.push_back(event(alone, seed, 3));
    std::vector<std::vector<Deposit>> found(expected.size());
    auto const work = [&](std::size_t first) {
        ShowerBuffer buffer(shared, Placement(test::toy_grid(), {}), 0);
        for (auto seed = first; seed < found.size(); seed += 2)
            found[seed] = event(buffer, seed, 4);
    };
    std::thread other(work, 1);
    work(0);
    other.join();
    EXPECT_EQ(found, expected);
}

TEST(ShowerBuffer, tells_the_network_what_it_needs_to_know)
{
    ShowerBuffer buffer(generator(), Placement(test::toy_grid(), {.readout_cell = Vector{0, 0, 0}}),
                        0);
    Kept kept;
    buffer.begin_event(1);
    buffer.add(particle(1));
    buffer.flush(kept);
    ASSERT_EQ(kept.deposits.size(), 6U);
    EXPECT_NEAR(kept.deposits[0].energy, 3, 0.006);  // six sigma of the noise
    EXPECT_NEAR(kept.deposits[1].energy, std::asin(0.6), 1e-6);
    EXPECT_NEAR(kept.deposits[2].energy, 4 + 0.5 * std::numbers::pi, 1e-6);
    EXPECT_EQ(kept.deposits[3].energy, 12);
    EXPECT_NEAR(kept.deposits[4].energy, 11, 1e-5);
    EXPECT_NEAR(kept.deposits[5].energy, 10, 1e-5);
    EXPECT_EQ(kept.deposits[1].place, (Vector{-4, -6, 15}));
}

TEST(ShowerBuffer, leaves_out_cells_under_the_smallest_deposit)
{
    ShowerBuffer buffer(generator(), Placement(test::toy_grid(), {}), 9);
    Kept kept;
    buffer.begin_event(1);
    buffer.add(particle(0));
    buffer.flush(kept);
    EXPECT_EQ(kept.deposits.size(), 3U);
}

TEST(ShowerBuffer, forgets_an_event_that_was_given_up)
{
    ShowerBuffer buffer(generator(), Placement(test::toy_grid(), {}), 0);
    auto const expected = event(buffer, 2, 3);
    buffer.begin_event(1);
    buffer.add(particle(5));
    EXPECT_EQ(event(buffer, 2, 3), expected);
}

TEST(ShowerBuffer, forgets_particles_whose_showers_cannot_be)
{
    auto network = test::telling_network();
    network.constants["more"].floats[7] = -1;
    ShowerBuffer buffer(
        std::make_shared<runtime::ShowerGenerator>(network, runtime::ShowerGenerator::Config{}),
        Placement(test::toy_grid(), {}), 0);
    buffer.add(particle(0));
    Kept kept;
    EXPECT_THROW(buffer.flush(kept), InputError);
    EXPECT_TRUE(buffer.empty());
    EXPECT_TRUE(kept.deposits.empty());
}

TEST(ShowerBuffer, refuses_a_network_of_other_cells)
{
    auto other = test::toy_grid();
    other.axes[0].cells = 5;
    try {
        ShowerBuffer(generator(), Placement(other, {}), 0);
        FAIL() << "taken";
    } catch (InputError const& error) {
        EXPECT_EQ(std::string(error.what()),
                  "the network's cells do not fit the placement (u has 3 cells, not 5)");
    }
}

}  // namespace
}  // namespace lowcal::geant4
