#include "data/storage/huffman.hpp"

#include <algorithm>
#include <cassert>
#include <functional>
#include <queue>
#include <utility>
#include <vector>

namespace lowcal::data {
namespace {

using Weighted = std::pair<std::uint64_t, std::size_t>;  ///< weight, node

/// Depth of each symbol in Huffman's tree; 0 where it does not occur. Returns the largest.
unsigned tree_depths(std::span<std::uint32_t const> counts, std::span<unsigned> depths)
{
    std::priority_queue<Weighted, std::vector<Weighted>, std::greater<>> open;
    for (std::size_t i = 0; i < counts.size(); ++i)
        if (counts[i] > 0) open.emplace(counts[i], i);
    assert(open.size() >= 2);
    std::vector<std::size_t> parent(2 * counts.size());
    auto next = counts.size();
    while (open.size() > 1) {
        auto const first = open.top();
        open.pop();
        auto const second = open.top();
        open.pop();
        parent[first.second] = parent[second.second] = next;
        open.emplace(first.first + second.first, next++);
    }
    auto const root = next - 1;
    std::vector<unsigned> depth(next);
    for (auto node = root; node-- > counts.size();) depth[node] = depth[parent[node]] + 1;
    unsigned deepest = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        depths[i] = counts[i] > 0 ? depth[parent[i]] + 1 : 0;
        deepest = std::max(deepest, depths[i]);
    }
    return deepest;
}

std::uint16_t reversed(unsigned code, unsigned length)
{
    unsigned result = 0;
    for (unsigned i = 0; i < length; ++i) result |= ((code >> i) & 1U) << (length - 1 - i);
    return static_cast<std::uint16_t>(result);
}

}  // namespace

void make_huffman_codes(std::span<std::uint32_t const> counts, unsigned longest,
                        std::span<HuffmanCode> codes)
{
    std::vector<std::uint32_t> weights(counts.begin(), counts.end());
    auto occurring = std::count_if(weights.begin(), weights.end(), [](auto n) { return n > 0; });
    for (std::size_t i = 0; occurring < 2; ++i) {
        if (weights[i] > 0) continue;
        weights[i] = 1;
        ++occurring;
    }
    std::vector<unsigned> lengths(weights.size());
    // Flattening the weights shortens the longest codes; the loss is small and rare.
    while (tree_depths(weights, lengths) > longest)
        for (auto& weight : weights) weight = (weight + 1) / 2;

    unsigned code = 0;
    for (unsigned length = 1; length <= longest; ++length, code <<= 1U)
        for (std::size_t i = 0; i < codes.size(); ++i)
            if (lengths[i] == length)
                codes[i] = {reversed(code++, length), static_cast<std::uint8_t>(length)};
    for (std::size_t i = 0; i < codes.size(); ++i)
        if (lengths[i] == 0) codes[i] = {};
}

}  // namespace lowcal::data
