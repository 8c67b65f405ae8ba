#pragma once

#include "graph/patterns/split_weights.hpp"

#include <span>
#include <string>
#include <vector>

namespace lowcal::graph {

// What the constants of a node of our own hold, in their order: a network's `visit` calls one of
// these for each of its parts.

/// Counts numbers and levels.
class NumberCounter {
public:
    SplitCounts const& counts() const { return counts_; }

    void numbers(std::vector<float>&, std::int64_t count) { counts_.numbers += count; }
    void levels(NumberLevels& one);
    void scales(SplitWeights::BlockScales& scales);
    void dense(SplitWeights::Dense&, std::int64_t inputs, std::int64_t outputs);
    void rounded(SplitWeights::Dense&, std::int64_t inputs, std::int64_t outputs,
                 std::vector<NumberLevels> const& levels);

private:
    SplitCounts counts_;
};

/// Takes numbers off the front.
class NumberReader {
public:
    /// `purpose`: what the network is to do, for messages.
    NumberReader(std::string purpose, std::span<float const> numbers,
                 std::span<std::int8_t const> levels)
        : purpose_(std::move(purpose)), rest_(numbers), levels_(levels)
    {
    }
    /// Throws InputError where they are not as many as `counts`.
    void require(SplitCounts const& counts) const;
    /// Throws InputError where a number is not finite, or what should be a step is none.
    void finish() const;

    void numbers(std::vector<float>& to, std::int64_t count);
    void levels(NumberLevels& one);
    void scales(SplitWeights::BlockScales& scales);
    void dense(SplitWeights::Dense& to, std::int64_t inputs, std::int64_t outputs);
    void rounded(SplitWeights::Dense& to, std::int64_t inputs, std::int64_t outputs,
                 std::vector<NumberLevels> levels);

private:
    std::string purpose_;
    std::span<float const> rest_;
    std::span<std::int8_t const> levels_;
    bool sound_ = true;

    float step();
    float next();
    float next_level();
};

/// Puts them together.
class NumberWriter {
public:
    SplitWeights::Stored const& stored() const { return stored_; }

    void numbers(std::vector<float>& from, std::int64_t);
    void levels(NumberLevels& one);
    void scales(SplitWeights::BlockScales& scales);
    void dense(SplitWeights::Dense& from, std::int64_t inputs, std::int64_t outputs);
    void rounded(SplitWeights::Dense& from, std::int64_t inputs, std::int64_t outputs,
                 std::vector<NumberLevels> const& levels);

private:
    SplitWeights::Stored stored_;
};

}  // namespace lowcal::graph
