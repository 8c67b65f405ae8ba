#pragma once

#include "graph/model/graph.hpp"

#include <cstddef>

namespace lowcal::graph {

/// What is known of a value before the network runs.
struct ValueInfo {
    ElementType type = ElementType::float32;
    Shape shape;
};

/// What is known of one input of a node; `constant` is null if its values depend on the shower.
struct Operand {
    bool present = false;
    ValueInfo info;
    Tensor const* constant = nullptr;
};

/// A node with what is known of its inputs. The node and the constants must outlive it.
class Operands {
public:
    Operands(Node const& node, std::vector<Operand> inputs)
        : node_(node), inputs_(std::move(inputs))
    {
    }

    Node const& node() const { return node_; }
    std::size_t count() const { return inputs_.size(); }
    bool has(std::size_t i) const { return i < inputs_.size() && inputs_[i].present; }
    /// Inputs that `has` confirms.
    ElementType type(std::size_t i) const { return inputs_[i].info.type; }
    Shape const& shape(std::size_t i) const { return inputs_[i].info.shape; }
    std::int64_t rank(std::size_t i) const;
    bool is_constant(std::size_t i) const { return has(i) && inputs_[i].constant != nullptr; }

    /// An input that must be known before the network runs, such as the axes of a reduction;
    /// `what` names it in the message of the InputError.
    Tensor const& constant(std::size_t i, std::string const& what) const;
    /// The same for int32 and int64 tensors of at most one dimension.
    std::vector<std::int64_t> integers(std::size_t i, std::string const& what) const;

    /// Throws InputError naming the node.
    [[noreturn]] void reject(std::string const& why, std::string const& suggestion = {}) const;
    void require_type(std::size_t i, ElementType type) const;
    void require_rank(std::size_t i, std::int64_t rank) const;

private:
    Node const& node_;
    std::vector<Operand> inputs_;
};

}  // namespace lowcal::graph
