#pragma once

#include "runtime/division/block_levels.hpp"
#include "runtime/division/packed_division.hpp"

#include <array>
#include <span>

namespace lowcal::runtime {

/// Showers whose layers are divided: as graph::SplitNetwork::Shower, one behind the other.
struct DividedBatch {
    float const *layers = nullptr, *primary = nullptr, *entry = nullptr, *uniform = nullptr;
    std::size_t uniform_step = 0;  ///< from shower to shower: there may be more of them
    float* cells = nullptr;
};

/// Divides blocks of one size and layer, a few dozen at a time.
template <class Number>
class RowDivision {
public:
    static constexpr std::size_t most_rows = 64;

    explicit RowDivision(PackedNetwork<Number> const& network);

    /// Which blocks, and what there is around them.
    struct Pass {
        std::size_t stage = 0;
        int pass = 0;
        std::size_t division = 0;  ///< which of the stage's networks
        std::int64_t layer = 0;
        std::int64_t first_uniform = 0;  ///< of the stage, among a shower's
        BlockLevel<Number> const *parents = nullptr, *children = nullptr;
        float const* log_layers = nullptr;  ///< [showers][layers]
        float const* shared = nullptr;      ///< [showers][trunk], PackedDivision::share
        DividedBatch batch{};
    };
    /// At most `most_rows` blocks; hits and energies of their first children. Allocates nothing.
    void operator()(Pass const& pass, std::span<Block const> blocks, float* first_hits,
                    float* first_energy);

    /// Ask for what lies far away in memory of a block that is soon to be divided: its random
    /// numbers, and by which network it is.
    void fetch_uniform(Pass const& pass, Block const& block) const;
    void fetch_place(Pass const& pass, Block const& block) const;

    static std::size_t bytes(graph::SplitNetworkConfig const& config);

private:
    /// Of blocks before their energies are divided.
    struct Rows {
        std::vector<Number> features, scratch, trunk;
        std::vector<float> own, start, numbers;
        std::vector<float const*> shared, places;  ///< of which `start` is the sum
        std::vector<float> hit_odds, energy_odds, uniform, energy_uniform;
        std::vector<float> hits, energy, cells_of_first, cells_of_second, drawn;
        std::array<std::vector<float>, 3> arguments, logarithms;
    };
    /// Of blocks both of whose children have hits.
    struct Both {
        std::vector<std::size_t> rows;
        std::vector<Number> trunk, inner;
        std::vector<float> odds, uniform, energy, first, second, division, drawn;
    };

    PackedNetwork<Number> const& network_;
    graph::SplitNetworkConfig const& config_;
    Rows rows_;
    Both both_;

    /// All that networks see of blocks. `by_rows`: how they are divided; `second`: in which pass.
    void gather(Pass const& pass, std::span<Block const> blocks);
    template <bool by_rows, bool second>
    void gather_each(Pass const& pass, std::span<Block const> blocks);
    /// Windows of a row, and odds of the block's children in layers before.
    template <bool by_rows, bool second>
    std::array<float, 5> gather_windows(Pass const& pass, Block const& block, Number* to) const;
    void gather_own(Pass const& pass, Block const& block, std::size_t row,
                    std::array<float, 5> const& odds);
    void complete_own(PackedDivision<Number> const& division, std::size_t count);
    void divide_energies(PackedDivision<Number> const& division, float* first_energy);
};
extern template class RowDivision<float>;
extern template class RowDivision<std::uint8_t>;

}  // namespace lowcal::runtime
