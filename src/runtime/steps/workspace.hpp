#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace lowcal::runtime {

/// Who owns the memory of a buffer.
enum class BufferKind {
    arena,     ///< the workspace; shares memory with buffers that live at other times
    external,  ///< the caller: inputs and outputs
    constant   ///< the plan
};

struct BufferSpec {
    BufferKind kind = BufferKind::arena;
    std::size_t bytes = 0;
    std::size_t first_use = 0;  ///< index of the step that writes it
    std::size_t last_use = 0;   ///< index of the last step that reads it
    std::byte* constant = nullptr;
};

/// Offsets of the arena's buffers such that no two that live at the same time overlap; greedy by
/// size, which keeps the arena near the largest sum of live buffers.
struct ArenaLayout {
    std::vector<std::size_t> offsets;  ///< per buffer; unused for other kinds
    std::size_t bytes = 0;
};
ArenaLayout lay_out_arena(std::vector<BufferSpec> const& buffers);

/// The memory that one thread needs to run a plan. Its size is fixed when it is made.
class Workspace {
public:
    Workspace(std::vector<BufferSpec> const& buffers, ArenaLayout const& layout);

    std::byte* data(std::size_t buffer) const { return pointers_[buffer]; }
    float* floats(std::size_t buffer) const { return reinterpret_cast<float*>(pointers_[buffer]); }
    /// Noted by steps that round numbers to levels: of a NaN nothing is left behind them.
    void note_lost_nan() const { lost_nan_ = true; }
    /// Whether that has happened since the last call.
    bool take_lost_nan() const { return std::exchange(lost_nan_, false); }
    void bind(std::size_t external_buffer, std::byte* memory)
    {
        pointers_[external_buffer] = memory;
    }

private:
    struct FreeAligned {
        void operator()(std::byte* memory) const;
    };
    std::unique_ptr<std::byte, FreeAligned> arena_;
    std::vector<std::byte*> pointers_;
    mutable bool lost_nan_ = false;
};

}  // namespace lowcal::runtime
