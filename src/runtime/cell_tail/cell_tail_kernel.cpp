#include "runtime/cell_tail/cell_tail_kernel.hpp"

#include "core/kernels/lanes.hpp"

namespace lowcal::runtime::LOWCAL_INSTRUCTION_SET {
namespace {

constexpr auto kink_count = graph::CellTailForm::kink_count;

/// One number for each layer, in `vectors` vectors; the last one overlaps the one before it where
/// the layers do not fill it.
///
/// Numbers of all cells are copied before each loop over cells: what a loop writes could be the
/// memory of `tail_` for all that a compiler knows, and would be read again for each cell.
template <std::size_t vectors>
class Cells {
public:
    Cells(CellTail const& tail, CellTailShower const& shower)
        : tail_(tail), shower_(shower), last_(tail.layers - lanes)
    {
    }

    void run() const { find_hits(scales(read(shower_.layer_energies), make_cubes())); }

private:
    struct Layers {
        Floats of[vectors];
    };

    /// square over a: see CellTailForm.
    struct Curve {
        explicit Curve(CellTail const& tail) : straight_rise(all(tail.form.rise))
        {
            for (std::size_t i = 0; i < kink_count; ++i) {
                from[i] = all(tail.form.kinks[i].from);
                less[i] = all(tail.form.kinks[i].less);
                straight_rise -= less[i];
            }
        }
        Floats operator()(Floats a) const
        {
            // less (a - from) where a > from is less a - less min(a, from).
            auto square = a * (a + straight_rise);
            for (std::size_t i = 0; i < kink_count; ++i)
                square = multiply_add(smaller(a, from[i]), less[i], square);
            return square;
        }
        Floats straight_rise;  ///< behind all kinks
        Floats from[kink_count], less[kink_count];
    };

    CellTail const& tail_;
    CellTailShower const& shower_;
    std::size_t last_;

    static std::size_t first_of(std::size_t v, std::size_t last)
    {
        return v + 1 < vectors ? v * lanes : last;
    }
    static Floats load_of(float const* memory, std::size_t v, std::size_t last)
    {
        return load(memory + first_of(v, last));
    }

    Layers read(float const* memory) const
    {
        Layers result;
        for (std::size_t v = 0; v < vectors; ++v) result.of[v] = load_of(memory, v, last_);
        return result;
    }

    /// square^(3/2) of all cells to the result; their sums over each layer come back.
    Layers make_cubes() const
    {
        auto const tail = tail_;
        auto const shower = shower_;
        auto const last = last_;
        Curve const curve(tail);
        auto const roots = read(shower.layer_roots);
        Layers low, least, total{};
        for (std::size_t v = 0; v < vectors; ++v) {
            low.of[v] = 1.0F / (roots.of[v] + 1.0F);
            least.of[v] = roots.of[v] * tail.form.floor_share;
        }
        auto const* place = tail.noise_places;
        std::size_t cell = 0;
        for (std::size_t row = 0; row < tail.rows; ++row) {
            Layers sum{};
            for (std::size_t i = 0; i < tail.columns; ++i, cell += tail.layers) {
                auto const* const noise = shower.noise + *place++;
                for (std::size_t v = 0; v < vectors; ++v) {
                    auto const base = load_of(tail.base + cell, v, last);
                    auto const spread =
                        multiply_add(load_of(tail.scatter_low + cell, v, last), low.of[v],
                                     load_of(tail.scatter + cell, v, last));
                    auto const smooth =
                        multiply_add(base, roots.of[v], load_of(shower.answer + cell, v, last));
                    auto const a = larger(multiply_add(spread, load_of(noise, v, last), smooth),
                                          base * least.of[v]);
                    auto const square = curve(a);
                    auto const cube = square * square_root(square);
                    store(shower.result + cell + first_of(v, last), cube);
                    sum.of[v] += cube;
                }
            }
            for (std::size_t v = 0; v < vectors; ++v) total.of[v] += sum.of[v];
        }
        return total;
    }

    Layers scales(Layers const& energies, Layers const& sums) const
    {
        Layers result;
        for (std::size_t v = 0; v < vectors; ++v)
            result.of[v] = energies.of[v] / (sums.of[v] + tail_.form.smallest_sum);
        return result;
    }

    /// Energies of cells over the threshold, from the cubes in the result.
    void find_hits(Layers const& scale) const
    {
        auto const tail = tail_;
        auto const last = last_;
        auto* const result = shower_.result;
        auto const to_energy = scale;
        auto const threshold = all(tail.form.threshold), line = all(tail.form.line);
        auto const slope = all(tail.form.faint_slope), offset = all(tail.form.faint_offset);
        auto const cells = tail.rows * tail.columns * tail.layers;
        for (std::size_t cell = 0; cell < cells; cell += tail.layers) {
            Layers found;  // all before any is written: the last vector overlaps the one before
            for (std::size_t v = 0; v < vectors; ++v) {
                auto const energy = load_of(result + cell, v, last) * to_energy.of[v];
                auto const faint = smaller(multiply_add(energy, slope, offset), line);
                found.of[v] = energy <= threshold ? Floats{} : larger(energy, faint);  // keeps NaN
            }
            for (std::size_t v = 0; v < vectors; ++v)
                store(result + cell + first_of(v, last), found.of[v]);
        }
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
