#pragma once

#include "graph/model/memory_budget.hpp"
#include "graph/model/operands.hpp"
#include "graph/patterns/cell_tail_match.hpp"
#include "runtime/plan.hpp"
#include "runtime/steps/cell_buffers.hpp"
#include "runtime/steps/convolution_step.hpp"
#include "runtime/steps/float_steps.hpp"
#include "runtime/steps/value.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace lowcal::runtime {

/// What the compilation of a graph leaves behind.
struct LoweredGraph {
    std::vector<Plan::Port> inputs;
    std::vector<Plan::Port> outputs;
    std::vector<BufferSpec> buffers;
    std::vector<std::unique_ptr<Step>> steps;
    std::vector<std::unique_ptr<std::vector<float>>> constants;
    bool bfloat16 = false;  ///< a convolution multiplies in it
};

/// Lists of which elements nodes pick along their axes: those of real networks are a thousandth of
/// it.
inline constexpr std::int64_t most_list_bytes = std::int64_t{1} << 28;

/// Turns a graph into steps, node by node; used once. What follows a convolution is fused into it;
/// reshapes and transpositions become views; memory moves only where an order is demanded.
class Lowering {
public:
    Lowering(graph::Graph const& graph, Plan::Config const& config);
    LoweredGraph run();
    graph::MemoryBudget& budget() { return budget_; }

private:
    std::optional<graph::Graph> settled_;  ///< where the network computes numbers of its batch
    graph::Graph const& graph_;
    Plan::Config const& config_;
    std::map<std::string, graph::ValueInfo> infos_;
    std::map<std::string, graph::Shape> shapes_;
    mutable graph::MemoryBudget budget_{"its plan"};  ///< of all that the plan holds
    graph::MemoryBudget lists_{"what it picks along its axes", most_list_bytes};
    graph::Node const* lowered_ = nullptr;  ///< the node at hand
    std::map<std::string, std::vector<graph::Node const*>> consumers_;
    std::set<std::string> kept_;  ///< values that must exist: outputs and watched ones
    std::map<std::string, PlanValue> values_;
    /// Results of DepthToSpace that the concatenation behind it will move: six axes.
    std::map<std::string, PlanValue> spread_;
    std::set<graph::Node const*> fused_;
    std::map<graph::Node const*, graph::CellTailMatch> cell_tails_;  ///< by the node that ends one
    /// Constants that the graph computes from constants (DequantizeLinear, Cast), in float32.
    mutable std::map<std::string, graph::Tensor> folded_;
    /// Those that are int8 levels times scales: folded when somebody wants them in float32, which a
    /// convolution in integers does not.
    std::map<std::string, graph::Node const*> int8_constants_;
    std::set<std::string> bfloat16_constants_;  ///< those that are stored so
    LoweredGraph result_;

    // Values and buffers (lowering.cpp)
    void add_inputs();
    void add_outputs();
    void add_output(std::string const& name);
    void lower(graph::Node const& node);
    void require_types(graph::Node const& node) const;
    std::size_t add_buffer(BufferKind kind, std::size_t bytes);
    PlanValue new_value(graph::Shape shape, AxisOrder order, Element element);
    void read(std::size_t buffer);
    void add_step(std::unique_ptr<Step> step);
    /// The value of that name; a constant gets a buffer at its first use.
    PlanValue value(std::string const& name);
    /// The value in this order and type, copied if it is in another.
    PlanValue in_order(PlanValue const& value, AxisOrder const& order, Element element,
                       std::string const& wanted_by);
    PlanValue row_major_floats(std::string const& name, graph::Node const& node);
    void define(std::string const& name, PlanValue value) { values_[name] = std::move(value); }
    graph::Tensor const* constant(std::string const& name) const;
    /// The node with what is known of its inputs.
    graph::Operands operands_of(graph::Node const& node) const;
    void fold_constants();
    void fold(graph::Node const& node) const;
    std::vector<float> const& constant_floats(graph::Node const& node, std::size_t input) const;

    // Convolutions (lower_convolution.cpp)
    struct ConvolutionChain;
    struct PreparedConvolution;
    void count_convolutions();
    void lower_convolution(graph::Node const& node);
    PreparedConvolution prepare(graph::Node const& node, PlanValue const& source) const;
    bool lower_pixel_layers(graph::Node const& node, PreparedConvolution const& first);
    graph::Node const* sole_consumer(std::string const& name) const;
    void fuse_followers(ConvolutionChain& chain) const;
    bool fuse_normalisation(graph::Node const& node, ConvolutionChain& chain) const;
    bool fuse_addition(graph::Node const& node, ConvolutionChain& chain) const;
    bool fuse_sign(graph::Node const& node, ConvolutionChain& chain) const;
    bool fuse_quantisation(graph::Node const& node, ConvolutionChain& chain) const;
    bool has_int8_weights(graph::Node const& node, ConvolutionConfig const& config) const;
    void set_weights(graph::Node const& node, ConvolutionConfig& config,
                     ConvolutionChain const& chain) const;
    void require_numbers(graph::Node const& node, ConvolutionConfig const& config,
                         ConvolutionChain const& chain) const;
    void add_convolution(graph::Node const& node, ConvolutionConfig& config,
                         ConvolutionChain const& chain);
    Element float_arithmetic(graph::Node const& node) const;
    bool is_read_in_bfloat16(std::string const& value) const;
    bool reads_in_bfloat16(graph::Node const& reader) const;

    // Products with matrices (lower_dense.cpp)
    float fuse_leaky_relu(std::string& result);
    bool lower_dense(graph::Node const& node);
    bool lower_product(graph::Node const& node);

    // Cells made of layers (lower_cells.cpp)
    struct OfCells {
        CellBuffers buffers;
        std::size_t showers;
        PlanValue output;
    };
    bool lower_cells(graph::Node const& node);
    bool lower_split_tree(graph::Node const& node);
    bool lower_cell_passes(graph::Node const& node);
    OfCells cell_buffers(graph::Node const& node);

    // Everything else (lower_nodes.cpp)
    void lower_view(graph::Node const& node);
    void lower_transposition(graph::Node const& node);
    bool lower_binary(graph::Node const& node);
    PlanValue add_binary(graph::Node const& node, BinaryOperation operation, PlanValue first,
                         PlanValue second);
    void lower_quantisation(graph::Node const& node);
    /// The levels of a QuantizeLinear or DequantizeLinear of activations.
    Levels levels_of(graph::Node const& node) const;
    void lower_by_reference(graph::Node const& node);

    // Concat and DepthToSpace (lower_concatenation.cpp)
    void lower_concatenation(graph::Node const& node);
    bool lower_depth_to_space(graph::Node const& node);
    bool joins_spread(graph::Node const* node, std::int64_t block) const;
    PlanValue join_spread(std::string const& step, std::vector<PlanValue> const& values,
                          std::string const& output);
    PlanValue destination_of(std::vector<PlanValue> const& values, graph::Shape const& shape,
                             AxisOrder const& order);

    // Around the convolutions (lower_elementwise.cpp); false: no such node, or no such form of it
    bool lower_around(graph::Node const& node);
    bool lower_unary(graph::Node const& node);
    bool lower_sum(graph::Node const& node);
    bool lower_split(graph::Node const& node);
    bool lower_slice(graph::Node const& node);

    // Rows that are normalised or reduced, elements that are picked (lower_rows.cpp)
    bool lower_rows(graph::Node const& node);
    bool lower_normalisation(graph::Node const& node);
    bool lower_softmax(graph::Node const& node);
    bool lower_reduction(graph::Node const& node);
    void take_lists(graph::Node const& node, std::size_t bytes);
    bool lower_pick(graph::Node const& node);
    bool split_levels(graph::Node const& node, PlanValue const& source, std::size_t axis);
    bool lower_resize(graph::Node const& node);
    bool lower_where(graph::Node const& node);

    // Cell energies (lower_cell_tail.cpp)
    void find_cell_tails();
    bool can_fuse(graph::CellTailMatch const& tail) const;
    bool lower_cell_tail(graph::Node const& node);
};

}  // namespace lowcal::runtime
