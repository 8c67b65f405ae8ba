#include "runtime/steps/workspace.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>
#include <numeric>

namespace lowcal::runtime {
namespace {

constexpr std::size_t alignment = 64;  // a cache line, and the widest vector register

std::size_t aligned(std::size_t bytes)
{
    return (bytes + alignment - 1) / alignment * alignment;
}

bool live_together(BufferSpec const& a, BufferSpec const& b)
{
    return a.first_use <= b.last_use && b.first_use <= a.last_use;
}

}  // namespace

ArenaLayout lay_out_arena(std::vector<BufferSpec> const& buffers)
{
    std::vector<std::size_t> by_size;
    for (std::size_t i = 0; i < buffers.size(); ++i)
        if (buffers[i].kind == BufferKind::arena) by_size.push_back(i);
    std::stable_sort(by_size.begin(), by_size.end(), [&](std::size_t a, std::size_t b) {
        return buffers[a].bytes > buffers[b].bytes;
    });
    ArenaLayout layout{.offsets = std::vector<std::size_t>(buffers.size(), 0)};
    std::vector<std::size_t> placed;
    auto const by_offset = [&](std::size_t a, std::size_t b) {
        return layout.offsets[a] < layout.offsets[b];
    };
    for (auto const index : by_size) {
        // Lowest offset at which the buffer meets none that lives at the same time.
        std::size_t offset = 0;
        for (auto const other : placed) {
            if (!live_together(buffers[index], buffers[other])) continue;
            if (offset + buffers[index].bytes <= layout.offsets[other]) break;
            offset = std::max(offset, aligned(layout.offsets[other] + buffers[other].bytes));
        }
        layout.offsets[index] = offset;
        layout.bytes = std::max(layout.bytes, offset + buffers[index].bytes);
        placed.insert(std::upper_bound(placed.begin(), placed.end(), index, by_offset), index);
    }
    return layout;
}

void Workspace::FreeAligned::operator()(std::byte* memory) const
{
    std::free(memory);
}

Workspace::Workspace(std::vector<BufferSpec> const& buffers, ArenaLayout const& layout)
{
    auto* const memory =
        static_cast<std::byte*>(std::aligned_alloc(alignment, aligned(layout.bytes + alignment)));
    if (memory == nullptr) throw std::bad_alloc();
    arena_.reset(memory);
    for (std::size_t i = 0; i < buffers.size(); ++i) {
        switch (buffers[i].kind) {
            case BufferKind::arena:
                pointers_.push_back(memory + layout.offsets[i]);
                break;
            case BufferKind::constant:
                pointers_.push_back(buffers[i].constant);
                break;
            case BufferKind::external:
                pointers_.push_back(nullptr);
                break;
        }
    }
}

}  // namespace lowcal::runtime
