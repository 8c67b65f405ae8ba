#include "runtime/plan.hpp"

#include "core/error.hpp"
#include "runtime/small_networks.hpp"

#include <gtest/gtest.h>

namespace lowcal::runtime {
namespace {

TEST(PlanRun, a_tensor_of_another_size_than_its_port_is_an_error_that_names_the_port)
{
    Plan const plan(test::small_generator(), {.batch = 2});
    PlanRun run(plan);
    std::vector<float> latent(2 * 6), energy(2), shower(2 * 15625);
    auto const message_of = [&](std::span<float const> first, std::span<float const> second,
                                std::span<float> output) -> std::string {
        std::span<float const> const inputs[] = {first, second};
        try {
            run(inputs, {&output, 1});
        } catch (InputError const& error) {
            return error.what();
        }
        return {};
    };
    EXPECT_EQ(message_of(latent, energy, shower), "");
    auto const names = [](std::string const& message, char const* port) {
        return message.find(port) != std::string::npos;
    };
    EXPECT_TRUE(names(message_of(std::span(latent).first(6), energy, shower), "'latent'"));
    EXPECT_TRUE(names(message_of(latent, std::span(energy).first(1), shower), "'energy'"));
    EXPECT_TRUE(names(message_of(latent, energy, std::span(shower).first(15625)), "'shower'"));
}

}  // namespace
}  // namespace lowcal::runtime
