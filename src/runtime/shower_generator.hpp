#pragma once

#include "core/detector/conditions.hpp"
#include "core/detector/detector.hpp"
#include "runtime/precision.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace lowcal::graph {
struct Graph;
}

namespace lowcal::runtime {

class Plan;

/// What becomes of showers with cells that no shower has (NaN, infinite or negative): an error that
/// names the first of them, or a list of all.
enum class BadShowers { refuse, report };

/// Showers to generate: number `first + i` of the production, with primary energy energies[i] GeV.
struct GenerateRequest {
    std::uint64_t seed = 0;
    std::uint64_t first = 0;
    std::span<float const> energies;  ///< GeV
    Conditions conditions{};          ///< those that the network needs, no others
    BadShowers bad_showers = BadShowers::refuse;
    /// Places in `energies` of the showers to make, each once; the cells of the others stay as
    /// they are. Nothing: all of them.
    std::optional<std::span<std::size_t const>> only{};
};

/// The first cell of a shower that is NaN, infinite or negative.
struct BadCell {
    std::uint64_t shower = 0;  ///< its number in the production
    std::size_t cell = 0;      ///< its place among the cells of the shower
    float energy = 0.0F;       ///< GeV
};

/// What a call of `generate` made.
struct GenerateReport {
    std::vector<BadCell> bad_showers;  ///< one cell of each, by number; their other cells are void
    std::uint64_t empty_showers = 0;   ///< all of whose cells are 0
};

/// A trained generator, ready to make showers.
///
/// Shower i is a pure function of (model, seed, i, energy, conditions): batch size, threads and the
/// split of a production into jobs change no bit of it. Nor does the instruction set where all
/// convolutions are int8; those in float32 add in another order on CPUs without AVX-512. `generate`
/// may be called from several threads at once. Everything costly happens in the constructor;
/// `generate` allocates nothing of ours once as many threads have called it before.
class ShowerGenerator {
public:
    struct Config {
        int threads = 1;  ///< that share the showers of one call
        /// Showers that a thread makes at once. Runs of the network take fewer where their
        /// intermediate values would leave the second-level cache, and one where showers cannot
        /// be proved to be independent of one another. 0: as many as these.
        std::int64_t batch = 0;
        Precision precision = Precision::float32;
        TransposedMethod transposed = TransposedMethod::phases;
        /// Of a network that does not say its own.
        std::optional<Detector> detector{};
        /// JSON that says what the inputs and the output of a network are which does not say it
        /// itself (docs/file_formats.md); empty: none.
        std::filesystem::path ports{};
    };

    /// Loads an ONNX network with inputs `latent` [N, L], optionally `energy` [N, 1] in GeV and
    /// conditions (core/detector/conditions.hpp), and one output in GeV: [N] and the axes of the
    /// detector, with axes of one or flat; or one of which names, shapes or `Config::ports` say how
    /// that is to be had. The detector is that of the metadata, else the
    /// configuration's, else the one that the shape is known for. Throws InputError naming file and
    /// reason.
    ShowerGenerator(std::filesystem::path const& onnx_file, Config const& config);
    ShowerGenerator(graph::Graph const& graph, Config const& config);
    ~ShowerGenerator();
    ShowerGenerator(ShowerGenerator&&) noexcept;
    ShowerGenerator& operator=(ShowerGenerator&&) noexcept;

    /// Fills `cells` [count][axes] in GeV, count = request.energies.size(). Throws InputError if an
    /// energy is not a positive number, conditions are missing, superfluous or no finite numbers,
    /// or `cells` has another size, and for a bad shower unless these are to be reported.
    GenerateReport generate(GenerateRequest const& request, std::span<float> cells) const;

    /// Whose showers these are.
    Detector const& detector() const;
    /// PDG code of the primaries where the network is made for one; 0 otherwise.
    int pdg() const;
    /// PDG codes that it has a number for each; empty where it asks for none, or takes the code.
    std::vector<int> const& known_pdg_codes() const;
    /// Of conditions it was trained with, as far as it says them; beyond them nothing is known of
    /// its showers.
    ConditionRanges const& condition_ranges() const;
    /// Names of the conditions that the network needs beside the energy.
    std::vector<std::string> needed_conditions() const;
    /// Numbers in a latent vector.
    std::size_t latent_size() const;
    /// Fills `latent` [count][latent_size()] with the normal numbers that `generate` makes these
    /// showers of, so that another engine can run the network on the same inputs.
    void latents(GenerateRequest const& request, std::span<float> latent) const;

    /// Showers per run of the network.
    std::int64_t batch() const;
    /// Why these are fewer than could be (they would see one another, or the network is made for
    /// so many): for a remark. Empty if they are not.
    std::string const& batch_note() const;
    /// What runs, which may be less than what was asked for.
    Precision precision() const;
    /// For measurements, layer by layer (runtime/plan.hpp, which is not installed).
    Plan const& plan() const;

private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace lowcal::runtime
