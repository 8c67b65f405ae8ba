#pragma once

#include "quantisation/quantiser.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace lowcal::quantisation {

/// One number that describes a network's showers, and how far quantisation moved it.
struct Criterion {
    std::string name;
    double shift = 0;  ///< int8's value minus float32's, on the same latents
    double error = 0;  ///< the shift that is tolerated once
    double noise = 0;  ///< standard error of the shift itself
    /// |shift| in errors; infinite for a shift of something that must not move at all.
    double ratio() const;
    /// The same with what two standard errors of the shift may explain taken off: what is sure.
    double sure_ratio() const;
};

/// What a network's showers look like beside float32's.
struct Judgement {
    std::vector<Criterion> criteria;
    double us_per_shower = 0;  ///< measured; informs, decides nothing
};

/// Judges the network that `make` makes. `plan` names it: whoever has judged a plan before may
/// answer without making it.
using Judge =
    std::function<Judgement(std::string const& plan, std::function<Int8Network()> const& make)>;

/// A network that was tried.
struct Trial {
    std::string plan;  ///< in words; equal plans are equal networks
    Quantiser::Config config{};
    double cost = 0;  ///< billions of products of 8 bits: int8 1, bfloat16 2, float32 4 each
    double us_per_shower = 0;
    std::size_t moved = 0;  ///< criteria surely beyond the tolerance
    double excess = 0;      ///< sum over those of (sure ratio - tolerance)^2
    Criterion worst{};
};

/// Looks for the cheapest int8 network of which no criterion surely moved by more than so many of
/// its errors.
///
/// First with all layers in int8: ranges by each method, channels scaled alike by more or less,
/// offsets of the energy; the best of each goes on. Where criteria still move, each layer in turn
/// is left in higher precision, which ranks layers by how much each moves the criteria; then the
/// layer with the largest gain for its cost goes to higher precision, and so on. The order is fixed
/// by the judgements, which are functions of the seed: equal judgements, equal result.
class Tuner {
public:
    struct Config {
        double tolerance = 1.0;  ///< errors, above 0
        std::size_t most_trials = 40;
        double most_minutes = 60.0;
        /// Precisions that a layer falls back to, in turn.
        std::vector<LayerPrecision> fallbacks{LayerPrecision::float32};
        Quantiser::Config start{};
    };
    struct Result {
        std::vector<Trial> trials;  ///< in the order in which they were made
        std::size_t best = 0;       ///< the cheapest that meets all criteria, or of least excess
        bool met = false;
        bool stopped = false;  ///< by the limits, before the search had ended
    };

    /// Throws InputError if a number of the configuration is not positive.
    Tuner(graph::Graph const& network, Quantiser& quantiser, Judge judge, Config config);

    /// Calls `seen` after each trial.
    Result run(std::function<void(Trial const&)> const& seen = {});

private:
    graph::Graph const& network_;
    Quantiser& quantiser_;
    Judge judge_;
    Config config_;
};

/// A configuration in words, as in Trial::plan.
std::string plan_text(Quantiser::Config const& config);

}  // namespace lowcal::quantisation
