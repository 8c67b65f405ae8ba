#include "quantisation/form/canonical_form.hpp"

#include "core/error.hpp"
#include "graph/model/graph_builder.hpp"
#include "graph/model/operators.hpp"
#include "graph/shapes/shape_inference.hpp"
#include "quantisation/form/energy_product.hpp"
#include "quantisation/form/homogeneous.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

namespace lowcal::quantisation {
namespace {

using graph::Graph;
using graph::Node;

/// A convolution and what follows it, to be written as one block.
struct Block {
    Node const* convolution = nullptr;
    Node const* activation = nullptr;
    Node const* normalisation = nullptr;
    std::string result;
};

/// The unit of `energy_offset`: that of our networks' energy nodes, 1 / (100 GeV).
constexpr double own_unit = 0.01;

/// Of a block, per output channel.
struct Folded {
    std::vector<float> scale, bias, sign, shift;
};

class Canonicaliser {
public:
    Canonicaliser(Graph const& network, CanonicalConfig const& config)
        : network_(network),
          config_(config),
          shapes_(graph::infer_shapes(network, 1)),
          builder_(result_)
    {
        for (auto const& node : network.nodes)
            for (auto const& input : node.inputs) consumers_[input].push_back(&node);
        for (auto const& output : network.outputs) outputs_.insert(output.name);
        if (config.unit == ActivationUnit::per_shower)
            product_ = find_energy_product(network, shapes_);
    }

    Graph run()
    {
        result_.name = network_.name;
        result_.opset = network_.opset;
        result_.inputs = network_.inputs;
        result_.outputs = network_.outputs;
        result_.metadata = network_.metadata;
        for (auto const& node : network_.nodes)
            if (!written_.contains(&node)) write(node);
        return std::move(result_);
    }

    bool scales_with_energy() const { return product_.has_value(); }

private:
    Graph const& network_;
    CanonicalConfig const& config_;
    std::map<std::string, graph::Shape> shapes_;
    std::map<std::string, std::vector<Node const*>> consumers_;
    std::set<std::string> outputs_;
    std::set<Node const*> written_;
    std::optional<EnergyProduct> product_;
    std::set<std::string> divided_;  ///< values divided by n(e)
    Graph result_;
    graph::GraphBuilder builder_;

    Node const* sole_consumer(std::string const& name) const
    {
        auto const found = consumers_.find(name);
        if (found == consumers_.end() || found->second.size() != 1 || outputs_.contains(name))
            return nullptr;
        return found->second.front();
    }

    void write(Node const& node)
    {
        if (product_ && &node == product_->latent) return write_energy_product();
        if (node.op == "Conv" || node.op == "ConvTranspose") return write_block(block_of(node));
        if (std::none_of(node.inputs.begin(), node.inputs.end(),
                         [this](auto const& input) { return divided_.contains(input); }))
            return copy(node);
        if (node.op == "Gemm") return write_dense(node);
        if (node.op == "BatchNormalization") return write_normalisation(node);
        if ((node.op == "Add" || node.op == "Sub") && divided_inputs(node, divided_) == 1)
            return write_addition(node);
        if (!is_homogeneous(node, divided_, network_))
            throw NotHomogeneous("cannot divide the activations of " + graph::describe(node) +
                                     " by the primary energy",
                                 "it is not homogeneous",
                                 "--absolute quantises with one scale for all energies");
        copy(node);
        for (auto const& output : node.outputs) finish(output, result_.nodes.back());
    }

    /// A constant that is added to a value that is divided: as constant / n(e).
    void write_addition(Node const& node)
    {
        bool const first = divided_.contains(node.inputs[0]);
        auto const& added = node.inputs[first ? 1 : 0];
        auto const rank = shapes_.at(node.outputs[0]).size();
        if (!network_.constants.contains(added) ||
            (shapes_.at(added).size() == rank && shapes_.at(added)[0] != 1))
            throw NotHomogeneous("cannot divide the activations of " + graph::describe(node) +
                                     " by the primary energy",
                                 "it adds what is not divided by it",
                                 "--absolute quantises with one scale for all energies");
        result_.constants[added] = network_.constants.at(added);
        auto const share =
            builder_.binary("Mul", node.name + ".per_n", added, per_shower("per_n", rank));
        auto written = node;
        written.inputs[first ? 1 : 0] = share;
        result_.nodes.push_back(std::move(written));
        finish(node.outputs.front(), result_.nodes.back());
    }

    /// A normalisation that no convolution takes: scale x + shift / n(e).
    void write_normalisation(Node const& node)
    {
        Folded folded;
        auto const channels = constant(node, 1).floats.size();
        normalisation_of(node, channels, folded.scale, folded.shift);
        auto const rank = shapes_.at(node.outputs[0]).size();
        graph::Shape shape(rank, 1);
        shape[1] = static_cast<std::int64_t>(channels);
        auto const scaled =
            builder_.binary("Mul", node.name + ".scaled", node.inputs[0],
                            builder_.floats(node.name + ".factor", shape, folded.scale));
        auto const sum = add(node.name + shift_suffix, scaled,
                             per_channel(node.name + shift_suffix, folded.shift, rank, true));
        builder_.node(
            {.name = node.name, .op = "Identity", .inputs = {sum}, .outputs = node.outputs});
        finish(node.outputs.front(), result_.nodes.back());
    }

    /// Factor and shift of each channel.
    void normalisation_of(Node const& norm, std::size_t channels, std::vector<float>& scale,
                          std::vector<float>& shift) const
    {
        double const epsilon = graph::float_attribute(norm, "epsilon", 1e-5F);
        for (std::size_t c = 0; c < channels; ++c) {
            double const factor =
                constant(norm, 1).floats[c] / std::sqrt(constant(norm, 4).floats[c] + epsilon);
            scale.push_back(static_cast<float>(factor));
            shift.push_back(static_cast<float>(constant(norm, 2).floats[c] -
                                               constant(norm, 3).floats[c] * factor));
        }
    }

    /// The last node made `value`, which is divided by n(e).
    void finish(std::string const& value, Node& made)
    {
        if (!outputs_.contains(value)) {
            divided_.insert(value);
            return;
        }
        std::replace(made.outputs.begin(), made.outputs.end(), value, value + per_unit_suffix);
        builder_.node(
            {.name = value + ".scaled",
             .op = "Mul",
             .inputs = {value + per_unit_suffix, per_shower("n", shapes_.at(value).size())},
             .outputs = {value}});
    }

    void copy(Node const& node)
    {
        for (auto const& input : node.inputs)
            if (auto const found = network_.constants.find(input);
                found != network_.constants.end())
                result_.constants[input] = found->second;
        result_.nodes.push_back(node);
    }

    void write_energy_product()
    {
        for (auto const* const name : {"energy.offset", "one", "n", "per_n", "energy_share"})
            if (shapes_.contains(name))
                throw InputError("cannot quantise network '" + network_.name + "'",
                                 "its value '" + std::string(name) + "' has the name of ours",
                                 "rename it");
        auto const& e = product_->energy;
        auto const offset = builder_.floats(
            "energy.offset", {1},
            {static_cast<float>(config_.energy_offset * product_->unit /
                                static_cast<double>(static_cast<float>(own_unit)))});
        auto const one = builder_.floats("one", {1}, {1.0F});
        builder_.binary("Add", "n", e, offset);
        builder_.binary("Div", "per_n", one, "n");
        builder_.binary("Mul", "energy_share", e, "per_n");
        auto const& result = product_->latent->outputs.front();
        builder_.node({.name = product_->latent->name,
                       .op = "Mul",
                       .inputs = {product_->noise, "energy_share"},
                       .outputs = {result}});
        divided_.insert(result);
    }

    /// "n" or "per_n" with the rank of what it multiplies.
    std::string per_shower(std::string const& what, std::size_t rank)
    {
        if (rank == 2) return what;
        auto const name = what + ".rank" + std::to_string(rank);
        for (auto const& node : result_.nodes)
            if (node.name == name) return name;
        graph::Shape sizes(rank, 1);
        sizes[0] = 0;  // as it is
        return builder_.reshape(name, what, sizes);
    }

    /// One number per channel to be added to a value of this rank, divided by n(e) where that is;
    /// empty if all are zero.
    std::string per_channel(std::string const& name, std::vector<float> const& numbers,
                            std::size_t rank, bool divided)
    {
        if (std::all_of(numbers.begin(), numbers.end(), [](float x) { return x == 0.0F; }))
            return {};
        graph::Shape shape(rank, 1);
        shape[1] = static_cast<std::int64_t>(numbers.size());
        auto const constant = builder_.floats(name + ".constant", shape, numbers);
        if (!divided) return constant;
        return builder_.binary("Mul", name + ".per_n", constant, per_shower("per_n", rank));
    }

    std::string add(std::string const& name, std::string const& value, std::string const& operand)
    {
        return operand.empty() ? value : builder_.binary("Add", name, value, operand);
    }

    void write_dense(Node const& node)
    {
        auto dense = node;
        auto const& result = node.outputs.front();
        std::vector<float> bias;
        if (node.inputs.size() > 2 && !node.inputs[2].empty()) {
            bias = constant(node, 2).floats;
            for (auto& number : bias) number *= graph::float_attribute(node, "beta", 1.0F);
            dense.inputs.resize(2);
            bias.resize(static_cast<std::size_t>(shapes_.at(result)[1]), bias.front());
        }
        dense.outputs = {node.name + ".product"};
        copy(dense);
        add(node.name + bias_suffix, dense.outputs[0],
            per_channel(node.name + bias_suffix, bias, 2, true));
        result_.nodes.back().outputs.front() = result;
        finish(result, result_.nodes.back());
    }

    graph::Tensor const& constant(Node const& node, std::size_t input) const
    {
        auto const found = network_.constants.find(node.inputs[input]);
        if (found == network_.constants.end() || found->second.floats.empty())
            throw InputError("cannot quantise " + graph::describe(node),
                             "its input '" + node.inputs[input] + "' is not a float constant");
        return found->second;
    }

    Block block_of(Node const& node)
    {
        Block block{.convolution = &node, .result = node.outputs.front()};
        while (auto const* const next = sole_consumer(block.result)) {
            bool const activation = next->op == "LeakyRelu" || next->op == "Relu";
            if (activation && block.activation == nullptr && block.normalisation == nullptr)
                block.activation = next;
            else if (next->op == "BatchNormalization" && block.normalisation == nullptr)
                block.normalisation = next;
            else
                break;
            written_.insert(next);
            block.result = next->outputs.front();
        }
        return block;
    }

    Folded fold(Block const& block, std::size_t channels) const;
    void write_block(Block const& block);
};

Folded Canonicaliser::fold(Block const& block, std::size_t channels) const
{
    Folded folded{.scale = std::vector<float>(channels, 1.0F),
                  .bias = std::vector<float>(channels, 0.0F),
                  .sign = {},
                  .shift = std::vector<float>(channels, 0.0F)};
    auto const& node = *block.convolution;
    if (node.inputs.size() > 2 && !node.inputs[2].empty()) folded.bias = constant(node, 2).floats;
    if (block.normalisation == nullptr) return folded;
    auto const& norm = *block.normalisation;
    double const epsilon = graph::float_attribute(norm, "epsilon", 1e-5F);
    std::vector<float> sign(channels, 1.0F);
    bool negative = false;
    for (std::size_t c = 0; c < channels; ++c) {
        double const scale =
            constant(norm, 1).floats[c] / std::sqrt(constant(norm, 4).floats[c] + epsilon);
        double const size = block.activation == nullptr ? scale : std::abs(scale);
        folded.scale[c] = static_cast<float>(size);
        folded.bias[c] = static_cast<float>(folded.bias[c] * size);
        folded.shift[c] =
            static_cast<float>(constant(norm, 2).floats[c] - constant(norm, 3).floats[c] * scale);
        if (size != scale) {
            sign[c] = -1.0F;
            negative = true;
        }
    }
    if (negative) folded.sign = sign;
    return folded;
}

void Canonicaliser::write_block(Block const& block)
{
    auto const& node = *block.convolution;
    bool const divided = divided_.contains(node.inputs[0]);
    auto weights = constant(node, 1);
    bool const transposed = node.op == "ConvTranspose";
    auto const rank = weights.shape.size();
    auto const groups = graph::int_attribute(node, "group", 1);
    auto const channels =
        static_cast<std::size_t>(transposed ? weights.shape[1] * groups : weights.shape[0]);
    auto const folded = fold(block, channels);
    std::size_t taps = 1;
    for (std::size_t i = 2; i < rank; ++i) taps *= static_cast<std::size_t>(weights.shape[i]);
    auto const run = transposed ? taps : weights.floats.size() / channels;
    // Of a transposed convolution with groups, each block of input channels has channels of its
    // own.
    auto const in_group = transposed ? channels / static_cast<std::size_t>(groups) : channels;
    auto const block_size =
        weights.floats.size() / static_cast<std::size_t>(transposed ? groups : 1);
    for (std::size_t i = 0; i < weights.floats.size(); ++i)
        weights.floats[i] *=
            folded.scale[i / block_size * (transposed ? in_group : 0) + i / run % in_group];

    // Before the convolution, so that it can be fused with its additions.
    auto const bias = per_channel(node.name + bias_suffix, folded.bias, rank, divided);
    auto const shift = per_channel(node.name + shift_suffix, folded.shift, rank, divided);
    auto convolution = node;
    convolution.inputs = {node.inputs[0],
                          builder_.constant(node.name + ".weight", std::move(weights))};
    convolution.outputs = {node.name + ".convolved"};
    auto value = builder_.node(std::move(convolution));
    value = add(node.name + bias_suffix, value, bias);
    if (block.activation != nullptr) {
        auto activation = *block.activation;
        activation.inputs = {value};
        activation.outputs = {activation.name};
        value = builder_.node(std::move(activation));
    }
    if (!folded.sign.empty()) {
        graph::Shape shape(rank, 1);
        shape[1] = static_cast<std::int64_t>(channels);
        value = builder_.binary("Mul", node.name + ".signed", value,
                                builder_.floats(node.name + ".sign", shape, folded.sign));
    }
    add(node.name + shift_suffix, value, shift);
    result_.nodes.back().outputs.front() = block.result;
    if (divided) finish(block.result, result_.nodes.back());
}

}  // namespace

void refuse_quantised(Graph const& graph)
{
    for (auto const& node : graph.nodes)
        if (node.op == "QuantizeLinear" || node.op == "DequantizeLinear" ||
            (node.op == graph::split_tree_operator && graph::int_attribute(node, "int8", 0) == 1))
            throw InputError("network '" + graph.name + "' is quantised already",
                             "it holds " + graph::describe(node), "give the float32 network");
}

Graph canonical_form(Graph const& network, CanonicalConfig config)
{
    refuse_quantised(network);
    return Canonicaliser(network, config).run();
}

bool scales_with_energy(Graph const& network)
{
    return Canonicaliser(network, {}).scales_with_energy();
}

}  // namespace lowcal::quantisation
