#pragma once

#include "data/production/production_plan.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace lowcal::data {

/// What is wrong with a file of a plan.
struct ShardProblem {
    std::filesystem::path file;
    std::string text;  ///< one sentence that names the file
};

/// What a plan's files are.
struct PlanCheck {
    std::uint64_t indices = 0;           ///< of sound files
    std::uint64_t showers = 0;           ///< in sound files: without those that were bad
    std::uint64_t bytes = 0;             ///< of sound files
    std::vector<ShardProblem> problems;  ///< in the order of the plan; empty where all is there
    std::vector<std::string> machines;   ///< instruction sets of the jobs, sorted
};

/// Looks into every file of a plan, without reading its showers, and finds those that are missing,
/// cut short or damaged, hold other showers than the plan says, lack what the plan wants, or are
/// not of the production that most of the files are of (another network, seed, version, ...). Where
/// there is no problem, every index of the plan is there once. `progress` is told how many files
/// were looked into. Make no other use of HDF5 meanwhile.
PlanCheck check_plan(ProductionPlan const& plan,
                     std::function<void(std::size_t done)> const& progress = {});

}  // namespace lowcal::data
