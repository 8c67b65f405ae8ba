#pragma once

#include "data/showers.hpp"
#include "quantisation/plan/tuner.hpp"
#include "runtime/shower_generator.hpp"
#include "validation/compare/paired_shift.hpp"

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

namespace lowcal::workflows {

/// Says how far another precision moves a network's showers: every observable's mean and spread,
/// the cell spectrum in each energy bin, and the mean shape, on the same latents and energies.
///
/// A criterion's error is the statistical one of the float32 sample's own figure at 10 000 showers;
/// smaller samples give estimates of the same ratio.
class PrecisionJudge {
public:
    struct Config {
        std::size_t count = 1000;  ///< showers
        /// Whose energies and conditions they have; if empty, energies are spread evenly over the
        /// range that the network is made for.
        std::filesystem::path inputs_from{};
        std::uint64_t seed = 11;
        int threads = 1;
    };
    /// Generates the showers of `network`. Throws InputError as ShowerGenerator does.
    PrecisionJudge(graph::Graph const& network, Config const& config);

    /// Throws InputError for a network of other inputs, whose showers are others.
    quantisation::Judgement operator()(graph::Graph const& other) const;

private:
    Config config_;
    std::map<std::string, std::size_t> ports_;  ///< numbers of each input
    data::ShowerBlock inputs_;
    physics::ShowerTable reference_;
    std::unique_ptr<validation::PairedComparator> comparator_;

    double observe(graph::Graph const& network, physics::ShowerTable& table) const;
    void judge_observables(physics::ShowerTable const& other,
                           quantisation::Judgement& judgement) const;
    void judge_spectrum(physics::ShowerTable const& other,
                        quantisation::Judgement& judgement) const;
    void judge_shape(physics::ShowerTable const& other, quantisation::Judgement& judgement) const;
    double at_full_count(double error) const;
};

/// Criteria beyond `tolerance` errors, those that surely are first.
std::vector<quantisation::Criterion> moved_criteria(quantisation::Judgement const& judgement,
                                                    double tolerance);

}  // namespace lowcal::workflows
