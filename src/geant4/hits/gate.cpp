#include "geant4/hits/gate.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace lowcal::geant4 {

std::string_view name_of(Answer answer)
{
    constexpr std::array<std::string_view, answers> names{
        "taken",           "energy out of range", "angle too large",
        "not at the face", "too near to a side",  "volume too short"};
    return names[static_cast<std::size_t>(answer)];
}

Gate::Config Gate::config_of(runtime::ShowerGenerator const& generator, Placement const& placement)
{
    Config config{.energies = generator.detector().primary_energies,
                  .least_length = placement.length()};
    if (generator.pdg() != 0) config.pdg = {generator.pdg()};
    auto const needed = generator.needed_conditions();
    auto const knows_direction = std::any_of(needed.begin(), needed.end(), [](auto const& name) {
        return name == "theta" || name == "phi";
    });
    config.largest_angle = knows_direction ? 0.5 * std::numbers::pi : placement.small_angle();
    return config;
}

Gate::Gate(Config config, Axes const& axes) : config_(std::move(config)), axes_(axes)
{
    if (config_.pdg.empty())
        throw InputError("no particle gets fast showers",
                         "the network does not say whom it is made for", "give PDG codes");
    if (!(config_.energies.low > 0 && config_.energies.high >= config_.energies.low &&
          std::isfinite(config_.energies.high)))
        throw InputError("no energy gets fast showers",
                         "the range is not known, or its ends are not above zero and in order",
                         "give both ends");
    if (!(config_.largest_angle >= 0 && config_.largest_angle <= 0.5 * std::numbers::pi))
        throw InputError("the largest angle is not between 0 and a right angle");
    for (auto const length : {config_.largest_depth, config_.side_margin, config_.least_length})
        if (!(length >= 0 && std::isfinite(length)))
            throw InputError("a length of the gate is negative or no number");
}

bool Gate::takes(int pdg) const
{
    return std::find(config_.pdg.begin(), config_.pdg.end(), pdg) != config_.pdg.end();
}

Answer Gate::operator()(Particle& particle, Envelope const& envelope) const
{
    if (!(particle.energy >= config_.energies.low && particle.energy <= config_.energies.high))
        return Answer::out_of_range;
    auto const cosine = dot(particle.direction, axes_.depth);
    auto const across = length(cross(particle.direction, axes_.depth));
    if (!(cosine > 0 && std::atan2(across, cosine) <= config_.largest_angle))
        return Answer::too_steep;
    auto const& position = particle.position;
    particle.depth = envelope.distance_to_exit(position, -1.0 * axes_.depth);
    if (!(particle.depth <= config_.largest_depth)) return Answer::inside;
    if (config_.side_margin > 0)
        for (auto const& side : axes_.transverse)
            for (auto const sign : {-1.0, 1.0})
                if (!(envelope.distance_to_exit(position, sign * side) >= config_.side_margin))
                    return Answer::at_the_side;
    auto const length = particle.depth + envelope.distance_to_exit(position, axes_.depth);
    return length >= config_.least_length ? Answer::taken : Answer::leaves;
}

}  // namespace lowcal::geant4
