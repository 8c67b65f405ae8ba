#pragma once

#include "graph/model/graph.hpp"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace lowcal::graph {

/// What operators that only move numbers (Concat, Slice, Reshape, Identity) make of one row of
/// them, [N, count].
class MovedNumbers {
public:
    using Makers = std::map<std::string, Node const*>;
    using Shapes = std::map<std::string, Shape>;
    using Constants = std::function<Tensor const*(std::string const&)>;

    /// For which `places` works: integers that float32 holds.
    static constexpr std::int64_t most_numbers = 1 << 24;

    MovedNumbers(Makers const& makers, Shapes const& shapes, Constants constants);

    /// Follows `value` back to the row; false if it is made in another way or from two rows.
    bool follow(std::string const& value);

    std::string const& row() const { return row_; }
    std::int64_t count() const { return shapes_.at(row_).back(); }
    /// The operators, each behind those that it needs.
    std::vector<Node const*> const& nodes() const { return nodes_; }
    /// For each number of `value` (one shower's, in its order) where in the row it stands.
    std::vector<std::int64_t> places(std::string const& value) const;

private:
    Makers const& makers_;
    Shapes const& shapes_;
    Constants constants_;
    std::string row_{};
    std::vector<Node const*> nodes_{};
    std::set<Node const*> seen_{};
    std::map<std::string, Tensor> used_constants_{};

    Node const* mover_of(std::string const& value) const;
};

}  // namespace lowcal::graph
