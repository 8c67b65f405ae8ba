#pragma once

#include "quantisation/plan/tuner.hpp"
#include "workflows/precision/precision_judge.hpp"

#include <filesystem>
#include <functional>
#include <string>

namespace lowcal::workflows {

/// What a tuning is asked for.
struct TuneRequest {
    quantisation::Tuner::Config tuner{};
    PrecisionJudge::Config judge{};
    std::size_t final_count = 10000;  ///< showers on which the chosen plan is judged
    std::filesystem::path folder{};   ///< for judgements, the front and its picture
    std::string identity{};           ///< equal for tunings that may share judgements
    /// Takes what there is to say of each trial, a line of a table at a time.
    std::function<void(std::string const& line)> say = [](std::string const&) {};
};

struct TuneOutcome {
    quantisation::Quantiser::Config config{};  ///< of the best plan
    bool met = false;                          ///< by the trials' sample and by the final one
    std::string missed{};                      ///< what did not, in words
};

/// Tunes a network: says each trial, and writes to the folder `judgements.jsonl`, `front.csv`,
/// `front.png` (speed against physics of all trials) and `criteria.csv` (of the best plan, on the
/// final sample).
TuneOutcome tune(graph::Graph const& network, quantisation::Quantiser& quantiser,
                 TuneRequest const& request);

}  // namespace lowcal::workflows
