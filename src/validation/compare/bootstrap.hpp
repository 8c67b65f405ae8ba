#pragma once

#include "core/random.hpp"
#include "physics/shower_table.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace lowcal::validation {

/// Errors by resampling: a sample's showers are drawn again with replacement, as often as there
/// are showers, and the statistic's spread over many such replicas is its standard error (Efron,
/// Ann. Statist. 7 (1979) 1). With R replicas the error itself is known to 1/sqrt(2 R).
struct BootstrapConfig {
    std::uint64_t seed = 20211;  ///< equal seeds give equal errors
    std::size_t replicas = 200;  ///< at least 2
};

/// Reference and candidate are resampled independently of each other. All candidates of one seed
/// and size meet the same replicas of the reference.
enum class SampleRole : std::uint64_t { reference = 0, candidate = 1 };

/// Draws the showers of a replica: a pure function of seed, role, quantity, replica and size.
class Resampler {
public:
    struct Config {
        std::uint64_t seed = 0;
        SampleRole role = SampleRole::reference;
        std::uint32_t quantity = 0;  ///< numbers a statistic: each has draws of its own
    };
    explicit Resampler(Config config) : config_(config) {}

    /// Fills `drawn` with indices in [0, drawn.size()).
    void operator()(std::size_t replica, std::span<std::uint32_t> drawn) const;

private:
    Config config_;
};

/// Moves `chosen` random elements to the front of `order` (Fisher-Yates, cut short).
void draw_without_replacement(std::span<std::uint32_t> order, std::size_t chosen,
                              ItemRandom random);

/// The mean profiles of each replica of a sample, [replicas].
std::vector<physics::Profiles> resampled_profiles(physics::ShowerTable const& sample,
                                                  SampleRole role, BootstrapConfig const& config);

/// Standard error of each bin's mean, from the replicas' spread; NaN for a sample of fewer than two
/// showers, whose replicas are all alike.
physics::Profiles profile_errors(std::span<physics::Profiles const> replicas,
                                 physics::ShowerTable const& sample);

}  // namespace lowcal::validation
