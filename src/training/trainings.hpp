#pragma once

#include "graph/model/graph.hpp"
#include "training/loop/training_run.hpp"
#include "training/parallel/ranks.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace lowcal::training {

/// What a training begins with beside its configuration and showers; of a resumed one its
/// checkpoint brings all that.
struct TrainingStart {
    bool resumed = false;
    std::filesystem::path start_from{};   ///< network whose weights come first; empty: random ones
    std::filesystem::path layer_flow{};   ///< best.pt of a lean, whose flow partners have (paired)
    Ranks const* ranks = &one_process();  ///< that train together
};

/// Ways of training a network; options say by such bits who reads them.
namespace training_bit {
inline constexpr std::uint32_t study = 1;
inline constexpr std::uint32_t paired = 2;
inline constexpr std::uint32_t lean = 4;
inline constexpr std::uint32_t fine = 8;
inline constexpr std::uint32_t passes = 16;
}  // namespace training_bit

/// One way of training a network.
struct TrainingKind {
    std::uint32_t bit;           ///< its own, of training_bit
    std::string_view chosen_by;  ///< options that choose it, "--arch lean"
    void (*set_defaults)(TrainingConfig& config);
    /// Throws InputError for a start or a configuration that it cannot have.
    std::unique_ptr<TrainingRun> (*make)(TrainingConfig const& config, ShowerSet const& showers,
                                         TrainingStart const& start, torch::Device device);
    /// Its best.pt as an ONNX graph.
    graph::Graph (*exported)(std::filesystem::path const& best);
    /// Steps in all where nobody says how many.
    std::int64_t (*usual_steps)(TrainingConfig const& config);
};

/// All of them: the place where an architecture or a recipe is added.
std::span<TrainingKind const> training_kinds();

/// Of this architecture and recipe.
TrainingKind const& kind_of(TrainingConfig const& config);

/// What a training starts from: the study's recipe, `paired`, or that of one of ours.
TrainingConfig default_config(Architecture architecture, Recipe recipe = Recipe::study);

/// The geometry of the network that a training begins with; none where it begins anew.
std::optional<ShowerGeometry> geometry_of(TrainingStart const& start);

/// Throws InputError where an architecture cannot have these showers: the study's networks are made
/// for one grid and know the energy alone, ours need a few layers behind each other; or where its
/// rates fall less often than it has members.
void require_suitable(TrainingConfig const& config);

/// Exports best.pt of a training's folder, or the member of this number, from 1 on. Throws
/// InputError if there is none.
void export_network(std::filesystem::path const& folder, std::int64_t member,
                    std::filesystem::path const& onnx_file);

}  // namespace lowcal::training
