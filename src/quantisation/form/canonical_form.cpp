#include "quantisation/form/canonical_form.hpp"

#include "core/error.hpp"
#include "graph/model/fresh_names.hpp"
#include "graph/model/graph_builder.hpp"
#include "graph/model/operators.hpp"
#include "graph/shapes/batch_axis.hpp"
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
struct WrittenBlock {
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

/// Values whose first axis is that of the showers.
std::set<std::string> values_by_shower(Graph const& network,
                                       std::map<std::string, graph::Shape> const& of_one)
{
    constexpr std::int64_t several = 7;
    auto const showers = graph::showers_at_once(network, several).showers;
    std::set<std::string> found;
    for (auto const& [name, shape] : graph::infer_shapes(network, showers))
        if (!shape.empty() && shape[0] == showers && of_one.at(name)[0] == 1) found.insert(name);
    return found;
}

class Canonicaliser {
public:
    Canonicaliser(Graph const& network, CanonicalConfig const& config)
        : network_(network),
          config_(config),
          shapes_(graph::infer_shapes(network, 1)),
          fresh_(network),
          builder_(result_)
    {
        for (auto const& node : network.nodes)
            for (auto const& input : node.inputs) consumers_[input].push_back(&node);
        for (auto const& output : network.outputs) outputs_.insert(output.name);
        if (config.unit == ActivationUnit::per_shower)
            product_ = find_energy_product(network, shapes_);
        if (product_) shower_first_ = values_by_shower(network, shapes_);
    }

    CanonicalForm run()
    {
        result_.name = network_.name;
        result_.opset = network_.opset;
        result_.inputs = network_.inputs;
        result_.outputs = network_.outputs;
        result_.metadata = network_.metadata;
        for (auto const& node : network_.nodes)
            if (!written_.contains(&node)) write(node);
        return {.graph = std::move(result_), .absolute_from = std::move(absolute_from_)};
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
    std::set<std::string> shower_first_;  ///< values whose first axis is that of the showers
    std::set<std::string> divided_;       ///< values divided by n(e)
    std::map<std::string, std::string> multiplied_;  ///< of divided values: times n(e) again
    std::map<std::pair<std::string, std::size_t>, std::string> per_shower_;  ///< by name and rank
    std::string absolute_from_;  ///< the first node whose inputs are multiplied by n(e) again
    std::string n_, per_n_;
    Graph result_;
    graph::FreshNames fresh_;
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
        if (divided_inputs(node, divided_) == 0) return copy(node);
        if (!can_divide(node)) return write_absolute(node);
        if (node.op == "Gemm") return write_dense(node);
        if (node.op == "BatchNormalization") return write_normalisation(node);
        if (is_addition_of_constant(node)) return write_addition(node);
        copy(node);
        for (auto const& output : node.outputs) finish(output, result_.nodes.back());
    }

    /// Whether a node's results are divided where these inputs of it are: it is homogeneous, or
    /// adds constants, and showers are its results' first axis, along which they are multiplied.
    bool can_divide(Node const& node) const
    {
        bool const by_shower = std::all_of(
            node.outputs.begin(), node.outputs.end(),
            [&](auto const& output) { return output.empty() || shower_first_.contains(output); });
        bool const layer = node.op == "Gemm" || node.op == "BatchNormalization";
        if (layer) return by_shower && divided_.contains(node.inputs[0]);
        return by_shower &&
               (is_addition_of_constant(node) || is_homogeneous(node, divided_, network_));
    }

    bool is_addition_of_constant(Node const& node) const
    {
        if ((node.op != "Add" && node.op != "Sub") || divided_inputs(node, divided_) != 1)
            return false;
        auto const& added = node.inputs[divided_.contains(node.inputs[0]) ? 1 : 0];
        if (!network_.constants.contains(added)) return false;
        auto const& shape = shapes_.at(added);
        return shape.size() < shapes_.at(node.outputs[0]).size() || shape.empty() || shape[0] == 1;
    }

    /// A node that is not homogeneous reads what the network itself has there. So does all behind,
    /// but where what it makes still grows with the energy.
    void write_absolute(Node node)
    {
        auto const result = node.outputs.front();
        bool const grows = grows_on(node, network_) && shower_first_.contains(result) &&
                           !outputs_.contains(result);
        if (!grows && absolute_from_.empty()) absolute_from_ = graph::describe(node);
        for (auto& input : node.inputs)
            if (divided_.contains(input)) input = multiplied(input);
        if (!grows) return copy(node);
        auto const whole = node.outputs.front() = fresh_(result + ".absolute");
        copy(node);
        builder_.node({.name = fresh_(result + ".divided"),
                       .op = "Mul",
                       .inputs = {whole, per_shower(per_n_, shapes_.at(result).size())},
                       .outputs = {result}});
        divided_.insert(result);
    }

    /// A divided value times n(e) again.
    std::string multiplied(std::string const& value)
    {
        auto& name = multiplied_[value];
        if (name.empty())
            name = builder_.binary("Mul", fresh_(value + ".absolute"), value,
                                   per_shower(n_, shapes_.at(value).size()));
        return name;
    }

    /// A constant that is added to a value that is divided: as constant / n(e).
    void write_addition(Node const& node)
    {
        bool const first = divided_.contains(node.inputs[0]);
        auto const& added = node.inputs[first ? 1 : 0];
        auto const rank = shapes_.at(node.outputs[0]).size();
        result_.constants[added] = network_.constants.at(added);
        auto const share =
            builder_.binary("Mul", fresh_(node.name + ".per_n"), added, per_shower(per_n_, rank));
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
            builder_.binary("Mul", fresh_(node.name + ".scaled"), node.inputs[0],
                            builder_.floats(fresh_(node.name + ".factor"), shape, folded.scale));
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
        if (value.empty()) return;
        if (!outputs_.contains(value)) {
            divided_.insert(value);
            return;
        }
        auto const per_unit = fresh_(value + per_unit_suffix);
        std::replace(made.outputs.begin(), made.outputs.end(), value, per_unit);
        builder_.node({.name = fresh_(value + ".scaled"),
                       .op = "Mul",
                       .inputs = {per_unit, per_shower(n_, shapes_.at(value).size())},
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
        auto const& e = product_->energy;
        auto const offset = builder_.floats(
            fresh_("energy.offset"), {1},
            {static_cast<float>(config_.energy_offset * product_->unit /
                                static_cast<double>(static_cast<float>(own_unit)))});
        auto const one = builder_.floats(fresh_("one"), {1}, {1.0F});
        n_ = builder_.binary("Add", fresh_("n"), e, offset);
        per_n_ = builder_.binary("Div", fresh_("per_n"), one, n_);
        auto const share = builder_.binary("Mul", fresh_("energy_share"), e, per_n_);
        auto const& result = product_->latent->outputs.front();
        builder_.node({.name = product_->latent->name,
                       .op = "Mul",
                       .inputs = {product_->noise, share},
                       .outputs = {result}});
        divided_.insert(result);
    }

    /// n(e) or 1 / n(e) with the rank of what it multiplies.
    std::string per_shower(std::string const& what, std::size_t rank)
    {
        if (rank == 2) return what;
        auto& name = per_shower_[{what, rank}];
        if (!name.empty()) return name;
        graph::Shape sizes(rank, 1);
        sizes[0] = 0;  // as it is
        graph::Tensor shape{.type = graph::ElementType::int64,
                            .shape = {static_cast<std::int64_t>(rank)}};
        shape.integers = sizes;
        name = fresh_(what + ".rank" + std::to_string(rank));
        auto const shape_name = builder_.constant(fresh_(name + ".shape"), std::move(shape));
        return builder_.node({.name = name, .op = "Reshape", .inputs = {what, shape_name}});
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
        auto const constant = builder_.floats(fresh_(name + ".constant"), shape, numbers);
        if (!divided) return constant;
        return builder_.binary("Mul", fresh_(name + ".per_n"), constant, per_shower(per_n_, rank));
    }

    std::string add(std::string const& name, std::string const& value, std::string const& operand)
    {
        return operand.empty() ? value : builder_.binary("Add", fresh_(name), value, operand);
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
        dense.outputs = {fresh_(node.name + ".product")};
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

    WrittenBlock block_of(Node const& node)
    {
        WrittenBlock block{.convolution = &node, .result = node.outputs.front()};
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

    /// That which the constant has where it is the layer's own.
    std::string weight_name(Node const& node)
    {
        auto const name = node.name + ".weight";
        bool const own = node.inputs[1] == name && consumers_.at(name).size() == 1;
        return own ? name : fresh_(name);
    }

    Folded fold(WrittenBlock const& block, std::size_t channels) const;
    void write_block(WrittenBlock const& block);
};

Folded Canonicaliser::fold(WrittenBlock const& block, std::size_t channels) const
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

void Canonicaliser::write_block(WrittenBlock const& block)
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
    convolution.inputs = {node.inputs[0], builder_.constant(weight_name(node), std::move(weights))};
    convolution.outputs = {fresh_(node.name + ".convolved")};
    auto value = builder_.node(std::move(convolution));
    value = add(node.name + bias_suffix, value, bias);
    if (block.activation != nullptr) {
        auto activation = *block.activation;
        activation.inputs = {value};
        value = builder_.node(std::move(activation));
    }
    if (!folded.sign.empty()) {
        graph::Shape shape(rank, 1);
        shape[1] = static_cast<std::int64_t>(channels);
        value = builder_.binary("Mul", fresh_(node.name + ".signed"), value,
                                builder_.floats(fresh_(node.name + ".sign"), shape, folded.sign));
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

CanonicalForm canonical_form(Graph const& network, CanonicalConfig config)
{
    refuse_quantised(network);
    return Canonicaliser(network, config).run();
}

bool scales_with_energy(Graph const& network)
{
    return Canonicaliser(network, {}).scales_with_energy();
}

}  // namespace lowcal::quantisation
