#include "runtime/cell_tail_kernel.hpp"

#include "core/lanes.hpp"

namespace lowcal::runtime::LOWCAL_INSTRUCTION_SET {
namespace {

/// One number for each layer, in `vectors` vectors; the last one overlaps the one before it where
/// the layers do not fill it.
template <std::size_t vectors>
class Cells {
public:
    Cells(CellTail const& tail, CellTailShower const& shower)
        : tail_(tail), shower_(shower), last_(tail.layers - lanes), straight_rise_(tail.rise)
    {
        for (auto const& kink : tail.kinks) straight_rise_ -= kink.less;
    }

    void run() const
    {
        auto const roots = read(shower_.layer_roots);
        auto const energies = read(shower_.layer_energies);
        Layers low;
        for (std::size_t v = 0; v < vectors; ++v) low.of[v] = 1.0F / (roots.of[v] + 1.0F);
        auto const first = scales(energies, sums([&](std::size_t cell) {
                                      auto const cubes = cubes_of(cell, roots, low);
                                      write(shower_.result + cell, cubes);
                                      return cubes;
                                  }));
        auto const second =
            scales(energies, sums([&](std::size_t cell) { return hits_of(cell, first); }));
        for (std::size_t cell = 0; cell < count(); cell += tail_.layers) {
            auto hits = hits_of(cell, first);
            for (std::size_t v = 0; v < vectors; ++v) hits.of[v] *= second.of[v];
            write(shower_.result + cell, hits);
        }
    }

private:
    struct Layers {
        Floats of[vectors];
    };
    CellTail const& tail_;
    CellTailShower const& shower_;
    std::size_t last_;
    float straight_rise_;  ///< behind all kinks

    std::size_t count() const { return tail_.rows * tail_.columns * tail_.layers; }
    std::size_t first_of(std::size_t v) const { return v + 1 < vectors ? v * lanes : last_; }

    Layers read(float const* memory) const
    {
        Layers result;
        for (std::size_t v = 0; v < vectors; ++v) result.of[v] = load(memory + first_of(v));
        return result;
    }
    void write(float* memory, Layers const& numbers) const
    {
        for (std::size_t v = 0; v < vectors; ++v) store(memory + first_of(v), numbers.of[v]);
    }

    /// Of what `numbers_of` gives for the layers of each cell.
    template <class Function>
    Layers sums(Function numbers_of) const
    {
        Layers total{};
        std::size_t cell = 0;
        for (std::size_t row = 0; row < tail_.rows; ++row) {
            Layers sum{};
            for (std::size_t i = 0; i < tail_.columns; ++i, cell += tail_.layers) {
                auto const numbers = numbers_of(cell);
                for (std::size_t v = 0; v < vectors; ++v) sum.of[v] += numbers.of[v];
            }
            for (std::size_t v = 0; v < vectors; ++v) total.of[v] += sum.of[v];
        }
        return total;
    }

    Layers scales(Layers const& energies, Layers const& sums) const
    {
        Layers result;
        for (std::size_t v = 0; v < vectors; ++v)
            result.of[v] = energies.of[v] / (sums.of[v] + tail_.smallest_sum);
        return result;
    }

    Layers cubes_of(std::size_t cell, Layers const& roots, Layers const& low) const
    {
        auto const base = read(tail_.base + cell);
        auto const answer = read(shower_.answer + cell);
        auto const scatter = read(tail_.scatter + cell);
        auto const scatter_low = read(tail_.scatter_low + cell);
        auto const noise = read(shower_.noise + tail_.noise_places[cell / tail_.layers]);
        Layers cubes;
        for (std::size_t v = 0; v < vectors; ++v) {
            auto const spread = multiply_add(scatter_low.of[v], low.of[v], scatter.of[v]);
            auto const smooth = multiply_add(base.of[v], roots.of[v], answer.of[v]);
            auto const least = base.of[v] * (roots.of[v] * tail_.floor_share);
            auto const a = larger(multiply_add(spread, noise.of[v], smooth), least);
            // less (a - from) where a > from is less a - less min(a, from).
            auto square = a * (a + straight_rise_);
            for (auto const& kink : tail_.kinks)
                square = multiply_add(smaller(a, all(kink.from)), all(kink.less), square);
            cubes.of[v] = square * square_root(square);
        }
        return cubes;
    }

    /// Energies of cells over the threshold, from the cubes in `result`.
    Layers hits_of(std::size_t cell, Layers const& scale) const
    {
        auto hits = read(shower_.result + cell);
        for (std::size_t v = 0; v < vectors; ++v) {
            auto const energy = hits.of[v] * scale.of[v];
            hits.of[v] = energy > tail_.threshold ? larger(energy, all(tail_.line)) : Floats{};
        }
        return hits;
    }
};

template <std::size_t vectors>
void run_with(CellTail const& tail, CellTailShower const& shower)
{
    if (vectors == (tail.layers + lanes - 1) / lanes) return Cells<vectors>(tail, shower).run();
    if constexpr (vectors * lanes < CellTail::most_layers) run_with<vectors + 1>(tail, shower);
}

}  // namespace

void finish_cells(CellTail const& tail, CellTailShower const& shower)
{
    run_with<1>(tail, shower);
}

}  // namespace lowcal::runtime::LOWCAL_INSTRUCTION_SET
