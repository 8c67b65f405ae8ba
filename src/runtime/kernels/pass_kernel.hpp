#pragma once

#include "core/kernels/instruction_set.hpp"
#include "graph/passes/pass_form.hpp"

#include <cstddef>
#include <cstdint>

namespace lowcal::runtime {

// What CellPasses does for many cells at a time (graph/passes/pass_drawing.cpp says what). Rows of
// hidden numbers are padded to `hidden_together`; up to `draw_padding` numbers behind the others
// are read, and results written.

inline constexpr std::size_t hidden_together = 16;  ///< floats of the widest vector

/// Where cells lie, from where the primary entered: [position_numbers][step].
struct CellPositions {
    std::size_t count = 0;
    float const* rows = nullptr;  ///< of their middles, in cells
    float const* columns = nullptr;
    float entry_row = 0, entry_column = 0;
    float* result = nullptr;
    std::size_t step = 0;
};

/// How far cells could be above the log odds of their uniform numbers, by what is around them.
struct HitBounds {
    std::size_t count = 0;
    float const* odds = nullptr;       ///< logarithms, of the cells themselves
    float const* positions = nullptr;  ///< [position_numbers][position_step]
    std::size_t position_step = 0;
    float const* gains = nullptr;    ///< odds_numbers: of the layer, along positions
    float change = 0;                ///< by which cells around may change them
    float const* uniform = nullptr;  ///< nothing need be behind the last
    float* usual = nullptr;          ///< logarithms of their odds, without the cells around
    float* bound = nullptr;
};

/// Hidden numbers of cells: what their layer gives, what is learnt of their places, along their
/// positions, and what the hits around them give; LeakyReLU behind it.
struct FirstNumbers {
    std::size_t count = 0;
    std::size_t width = 0;                ///< padded
    float const* context = nullptr;       ///< [width]
    std::int32_t const* cells = nullptr;  ///< which, of the pass
    float const* places = nullptr;        ///< [cells of the pass][width]
    float const* positions = nullptr;     ///< [position_numbers][position_step], of the pass
    std::size_t position_step = 0;
    float const* gains = nullptr;          ///< [position_numbers][width]
    std::int32_t const* volume = nullptr;  ///< [cells of the pass], where each is in a plane
    std::uint8_t const* hits = nullptr;    ///< of the layer's plane, with margins: 1 or 0
    float const* energies = nullptr;       ///< the same: scaled logarithms
    std::ptrdiff_t plane = 0;              ///< to the plane behind, in cells
    std::ptrdiff_t row = 0;                ///< to the next row
    std::uint32_t seen = 0;                ///< bits of window cells that are there
    float const* window = nullptr;         ///< [window_cells][2][width]
    float* result = nullptr;               ///< [count][width]
};

/// How likely possible hits are.
struct HitScores {
    std::size_t count = 0;
    float const* change = nullptr;  ///< what cells around have it by, not yet bounded
    float const* most = nullptr;    ///< by which they may change it at most
    float const* usual = nullptr;
    float const* bound = nullptr;  ///< of HitBounds
    float* odds = nullptr;         ///< logarithms
    float* score = nullptr;        ///< how far they are above those of the uniform number
};

/// What is left of the uniform numbers of hits, as a share of their chances, and another added,
/// modulo 1.
struct UniformsLeft {
    std::size_t count = 0;
    float const* odds = nullptr;  ///< logarithms, of the chances
    float const* uniform = nullptr;
    float const* shift = nullptr;
    float* result = nullptr;
};

/// Numbers, none of them NaN, of which the largest are looked for.
struct LargestNumbers {
    std::size_t count = 0;
    float const* numbers = nullptr;
    std::int32_t* scratch = nullptr;  ///< count, and draw_padding behind them
};

/// One of some classes each, of at most `most_classes_together`.
inline constexpr std::size_t most_classes_together = 1 + graph::most_classes / graph::group_classes;
struct ClassChoices {
    std::size_t count = 0;
    std::size_t classes = 0;
    float const* numbers = nullptr;  ///< [count][step], logarithms of weights
    std::size_t step = 0;
    float const* uniform = nullptr;
    std::int32_t* chosen = nullptr;
    float* within = nullptr;  ///< where in its class the uniform number lies
};

/// Numbers of one group of classes each, [count][group_classes].
struct GroupNumbers {
    std::size_t count = 0;
    std::size_t inputs = 0;
    float const* source = nullptr;  ///< [count][inputs]
    std::int32_t const* groups = nullptr;
    float const* weights = nullptr;  ///< [groups][inputs][group_classes]
    float const* bias = nullptr;     ///< [groups][group_classes]
    float* result = nullptr;
};

/// Bright hits, as they can be moved.
struct BrightHits {
    float* mean = nullptr;
    float* width = nullptr;
    float* below = nullptr;     ///< how likely the component gives less than a bright hit
    float* log_odds = nullptr;  ///< of the uniform number that it was drawn by
    float* spread = nullptr;
    float* energy = nullptr;
};
struct BrightDraws {
    std::size_t count = 0;
    float const* numbers = nullptr;   ///< [count][bright_numbers]
    float const* followed = nullptr;  ///< [count][followed_cells]
    float const* excess = nullptr;    ///< [count][window_cells]
    float const* window = nullptr;    ///< [window_cells]: followed at least
    float const* offset = nullptr;    ///< added to means
    float const* wider = nullptr;     ///< logarithms of what mixtures are scaled by
    float const* uniform = nullptr;
    float const* most = nullptr;  ///< energies of their layers
    float edge = 0;               ///< above which hits are bright
    float least = 0;              ///< the next number
    BrightHits result{};
};

/// The energies of bright hits moved by `tilt` times their shares; sums.
struct TiltedHits {
    std::size_t count = 0;
    BrightHits hits{};  ///< energies are the results
    float most = 0, least = 0;
    float unit = 0;  ///< of shares: spread times unit
    float tilt = 0;
};
struct TiltedSums {
    float energy = 0, slope = 0;
};

LOWCAL_DECLARE_KERNEL(void find_positions(CellPositions const& cells))
LOWCAL_DECLARE_KERNEL(void bound_hits(HitBounds const& hits))
LOWCAL_DECLARE_KERNEL(void find_first(FirstNumbers const& cells))
LOWCAL_DECLARE_KERNEL(void score_hits(HitScores const& scores))
/// The number that so many others exceed, fewer than there are.
LOWCAL_DECLARE_KERNEL(float exceeded_by(LargestNumbers const& numbers, std::size_t others))
/// Which exceed a threshold, into the scratch: how many.
LOWCAL_DECLARE_KERNEL(std::size_t list_above(LargestNumbers const& numbers, float threshold))
LOWCAL_DECLARE_KERNEL(void leave_uniforms(UniformsLeft const& numbers))
LOWCAL_DECLARE_KERNEL(void choose_classes(ClassChoices const& choices))
LOWCAL_DECLARE_KERNEL(void multiply_groups(GroupNumbers const& numbers))
LOWCAL_DECLARE_KERNEL(void draw_bright(BrightDraws const& draws))
LOWCAL_DECLARE_KERNEL(TiltedSums tilt_hits(TiltedHits const& hits))
LOWCAL_DECLARE_KERNEL(void exponentials(float const* x, float* result, std::size_t count))
inline constexpr auto position_kernels = LOWCAL_KERNEL_VERSIONS(find_positions);
inline constexpr auto hit_bound_kernels = LOWCAL_KERNEL_VERSIONS(bound_hits);
inline constexpr auto first_number_kernels = LOWCAL_KERNEL_VERSIONS(find_first);
inline constexpr auto hit_score_kernels = LOWCAL_KERNEL_VERSIONS(score_hits);
inline constexpr auto exceeded_kernels = LOWCAL_KERNEL_VERSIONS(exceeded_by);
inline constexpr auto list_kernels = LOWCAL_KERNEL_VERSIONS(list_above);
inline constexpr auto uniforms_left_kernels = LOWCAL_KERNEL_VERSIONS(leave_uniforms);
inline constexpr auto class_choice_kernels = LOWCAL_KERNEL_VERSIONS(choose_classes);
inline constexpr auto group_number_kernels = LOWCAL_KERNEL_VERSIONS(multiply_groups);
inline constexpr auto bright_draw_kernels = LOWCAL_KERNEL_VERSIONS(draw_bright);
inline constexpr auto tilt_kernels = LOWCAL_KERNEL_VERSIONS(tilt_hits);
inline constexpr auto exponential_kernels = LOWCAL_KERNEL_VERSIONS(exponentials);

}  // namespace lowcal::runtime
