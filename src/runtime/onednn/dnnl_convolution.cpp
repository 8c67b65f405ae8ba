#include "runtime/onednn/dnnl_convolution.hpp"

#include "core/error.hpp"
#include "graph/model/memory_budget.hpp"
#include "runtime/onednn/one_thread.hpp"
#include "runtime/steps/zero_point_image.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <cstring>
#include <iterator>
#include <string>

namespace lowcal::runtime {
namespace {

using dnnl::memory;

memory::data_type data_type(Element element)
{
    switch (element) {
        case Element::float32:
            return memory::data_type::f32;
        case Element::bfloat16:
            return memory::data_type::bf16;
        case Element::uint8:
            break;
    }
    return memory::data_type::u8;
}

memory::format_tag channels_last_tag(std::size_t rank)
{
    switch (rank) {
        case 3:
            return memory::format_tag::nwc;
        case 4:
            return memory::format_tag::nhwc;
        default:
            return memory::format_tag::ndhwc;
    }
}

memory::dims weight_dims(ConvolutionConfig const& config)
{
    auto const groups = config.groups;
    memory::dims dims{config.destination[1] / groups, config.source[1] / groups};
    std::copy(config.kernel.begin(), config.kernel.end(), std::back_inserter(dims));
    if (groups > 1) dims.insert(dims.begin(), groups);
    return dims;
}

memory::format_tag plain_tag(std::size_t rank)
{
    switch (rank) {
        case 3:
            return memory::format_tag::abc;
        case 4:
            return memory::format_tag::abcd;
        case 5:
            return memory::format_tag::abcde;
        default:
            return memory::format_tag::abcdef;
    }
}

ConvolutionSizes sizes_of(ConvolutionConfig const& config, memory::format_tag tag)
{
    auto const any = memory::format_tag::any;
    auto const weights_type =
        config.is_int8() ? memory::data_type::s8 : data_type(config.source_element);
    ConvolutionSizes sizes{
        .source = {config.source, data_type(config.source_element), tag},
        .weights = {weight_dims(config), weights_type, any},
        .bias = {},
        .destination = {config.destination, data_type(config.destination_element), tag},
        .strides = config.strides,
        .dilations = config.dilations,
        .padding_before = config.padding_before,
        .padding_after = config.padding_after};
    if (config.bias.any())
        sizes.bias =
            memory::desc({config.destination[1]}, memory::data_type::f32, memory::format_tag::a);
    return sizes;
}

memory::desc per_channel(std::size_t rank, std::int64_t channels)
{
    memory::dims dims(rank, 1);
    dims[1] = channels;
    return {dims, memory::data_type::f32, plain_tag(rank)};
}

memory copy_of(std::vector<float> const& values, memory::desc const& description,
               dnnl::engine const& engine)
{
    assert(values.size() * sizeof(float) == description.get_size());
    memory result(description, engine);
    std::memcpy(result.get_data_handle(), values.data(), values.size() * sizeof(float));
    return result;
}

/// The weights in the layout (and type) that the primitive wants.
memory pack(ConvolutionConfig const& config, memory::desc const& wanted, dnnl::engine const& engine)
{
    auto const dims = weight_dims(config);
    auto const& weights = config.weights;
    auto const plain_type = config.is_int8() ? memory::data_type::s8 : memory::data_type::f32;
    memory plain({dims, plain_type, plain_tag(dims.size())}, engine);
    if (config.is_int8())
        std::transform(weights.begin(), weights.end(),
                       static_cast<std::int8_t*>(plain.get_data_handle()),
                       [](float level) { return static_cast<std::int8_t>(level); });
    else
        std::copy(weights.begin(), weights.end(), static_cast<float*>(plain.get_data_handle()));
    memory packed(wanted, engine);
    dnnl::stream stream(engine);
    dnnl::reorder(plain, packed).execute(stream, plain, packed);
    stream.wait();
    return packed;
}

Int8Attributes int8_attributes(ConvolutionConfig const& config)
{
    return {.scales = result_scales(config),
            .per_channel = per_channel(config.destination.size(), config.destination[1]),
            .source_zero_point = config.source_levels.zero_point};
}

void throw_unsupported(dnnl::error const& error)
{
    throw InputError("oneDNN cannot run this convolution", error.message);
}

/// Layouts and scratch memory are oneDNN's choice, and may be many times what the tensors have.
void require_memory(memory::desc const& description, char const* what)
{
    graph::MemoryBudget budget("a convolution");
    budget.take(static_cast<std::int64_t>(description.get_size()), what);
}

}  // namespace

DnnlConvolution::DnnlConvolution(ConvolutionConfig const& config, ConvolutionKind kind)
    : engine_(dnnl::engine::kind::cpu, 0),
      bias_set_(config.bias.per_shower),
      shift_set_(config.epilogue.shift.per_shower && !config.is_finished_by_us()),
      macs_(macs_of(config, kind))
{
    OneThread const one_thread;  // blocking decisions must not depend on the machine's threads
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    dnnl::post_ops post_ops;
    if (config.zero_point_image)
        append_zero_point_image(post_ops, config);
    else if (config.is_int8())
        constants_ = set_int8(attributes, post_ops, int8_attributes(config), engine_);
    append_epilogue(post_ops, config);
    attributes.set_post_ops(post_ops);
    auto keep = [&](auto const& description, auto primitive) {
        primitive_ = std::move(primitive);
        source_ = description.src_desc();
        destination_ = description.dst_desc();
        scratch_ = description.scratchpad_desc();
        require_memory(scratch_, "oneDNN's scratch memory");
        require_memory(description.weights_desc(), "the packed weights");
        weights_ = pack(config, description.weights_desc(), engine_);
    };
    try {
        auto const sizes = sizes_of(config, channels_last_tag(config.source.size()));
        if (kind == ConvolutionKind::forward) {
            auto const description = make_convolution(engine_, sizes, attributes);
            keep(description, dnnl::convolution_forward(description));
        } else {
            auto const description = make_deconvolution(engine_, sizes, attributes);
            keep(description, dnnl::deconvolution_forward(description));
        }
        bias_description_ = sizes.bias;
    } catch (dnnl::error const& error) {
        throw_unsupported(error);
    }
    if (!config.bias.any() || bias_set_) return;
    std::vector<float> numbers(config.channels());
    bias_numbers(config, nullptr, numbers);
    constants_.push_back({DNNL_ARG_BIAS, copy_of(numbers, bias_description_, engine_)});
}

std::size_t DnnlConvolution::constant_bytes() const
{
    auto bytes = weights_.get_desc().get_size();
    for (auto const& constant : constants_) bytes += constant.memory.get_desc().get_size();
    return bytes;
}

void DnnlConvolution::append_epilogue(dnnl::post_ops& post_ops, ConvolutionConfig const& config)
{
    auto const description = per_channel(config.source.size(), config.destination[1]);
    auto const& epilogue = config.epilogue;
    if (config.is_finished_by_us()) return;
    if (epilogue.leaky_slope) append_leaky_relu(post_ops, *epilogue.leaky_slope);
    if (!epilogue.scale.empty())
        append_constant(post_ops, dnnl::algorithm::binary_mul, description, epilogue.scale);
    if (!has_shift(config)) return;
    if (shift_set_) {
        shift_description_ = description;
        shift_argument_ = append_binary(post_ops, dnnl::algorithm::binary_add, description);
        return;
    }
    std::vector<float> numbers(config.channels());
    shift_numbers(config, nullptr, numbers);
    if (std::equal(numbers.begin() + 1, numbers.end(), numbers.begin()))
        append_addition(post_ops, numbers.front());
    else
        append_constant(post_ops, dnnl::algorithm::binary_add, description, numbers);
}

void DnnlConvolution::append_constant(dnnl::post_ops& post_ops, dnnl::algorithm algorithm,
                                      dnnl::memory::desc const& description,
                                      std::vector<float> const& numbers)
{
    constants_.push_back(
        {append_binary(post_ops, algorithm, description), copy_of(numbers, description, engine_)});
}

void DnnlConvolution::append_zero_point_image(dnnl::post_ops& post_ops,
                                              ConvolutionConfig const& config)
{
    auto const rank = config.source.size();
    memory::desc const image(config.destination, memory::data_type::f32, channels_last_tag(rank));
    append_constant(post_ops, dnnl::algorithm::binary_add, image, zero_point_image(config));
    append_constant(post_ops, dnnl::algorithm::binary_mul, per_channel(rank, config.destination[1]),
                    int8_attributes(config).scales);
}

DnnlConvolution::Bound::Bound(DnnlConvolution const& convolution, std::byte* scratch)
    : convolution_(convolution),
      stream_(convolution.engine_),
      source_(convolution.source_, convolution.engine_, nullptr),
      destination_(convolution.destination_, convolution.engine_, nullptr),
      scratch_(convolution.scratch_, convolution.engine_, scratch)
{
    auto add = [&](int argument, memory const& memory) {
        arguments_.push_back({.arg = argument, .memory = memory.get()});
    };
    add(DNNL_ARG_SRC, source_);
    add(DNNL_ARG_WEIGHTS, convolution.weights_);
    add(DNNL_ARG_DST, destination_);
    add(DNNL_ARG_SCRATCHPAD, scratch_);
    for (auto const& constant : convolution.constants_) add(constant.argument, constant.memory);
    if (convolution.bias_set_) {
        bias_ = memory(convolution.bias_description_, convolution.engine_, nullptr);
        add(DNNL_ARG_BIAS, bias_);
    }
    if (convolution.shift_set_) {
        shift_ = memory(convolution.shift_description_, convolution.engine_, nullptr);
        add(convolution.shift_argument_, shift_);
    }
}

void DnnlConvolution::Bound::set_numbers(float const* bias, float const* shift)
{
    if (convolution_.bias_set_) bias_.set_data_handle(const_cast<float*>(bias));
    if (convolution_.shift_set_) shift_.set_data_handle(const_cast<float*>(shift));
}

void DnnlConvolution::Bound::run(std::byte const* source, std::byte* destination)
{
    if (source_.get_data_handle() != source)
        source_.set_data_handle(const_cast<std::byte*>(source));
    if (destination_.get_data_handle() != destination) destination_.set_data_handle(destination);
    dnnl::error::wrap_c_api(
        dnnl_primitive_execute(convolution_.primitive_.get(), stream_.get(),
                               static_cast<int>(arguments_.size()), arguments_.data()),
        "could not run a convolution");
}

double time_alone(ConvolutionConfig const& config, ConvolutionKind kind)
{
    OneThread const one_thread;
    dnnl::engine const engine(dnnl::engine::kind::cpu, 0);
    dnnl::stream stream(engine);
    auto const sizes = sizes_of(config, memory::format_tag::any);
    dnnl::primitive_attr attributes;
    std::vector<ExtraArgument> extra;
    if (config.is_int8() && !config.zero_point_image) {
        dnnl::post_ops post_ops;
        extra = set_int8(attributes, post_ops, int8_attributes(config), engine);
        attributes.set_post_ops(post_ops);
    }
    auto measure = [&](auto const& description, auto const& primitive) {
        std::unordered_map<int, memory> arguments;
        auto add = [&](int argument, memory::desc const& wanted) {
            memory data(wanted, engine);
            std::memset(data.get_data_handle(), 0x3c, wanted.get_size());  // small normal numbers
            arguments.emplace(argument, data);
        };
        add(DNNL_ARG_SRC, description.src_desc());
        add(DNNL_ARG_WEIGHTS, description.weights_desc());
        for (auto const& one : extra) arguments.emplace(one.argument, one.memory);
        if (config.bias.any()) add(DNNL_ARG_BIAS, description.bias_desc());
        add(DNNL_ARG_DST, description.dst_desc());
        double best = 1e30;
        for (int i = 0; i < 4; ++i) {  // the first run is cold
            auto const start = std::chrono::steady_clock::now();
            primitive.execute(stream, arguments);
            stream.wait();
            best = std::min(
                best,
                std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
        }
        return best;
    };
    if (kind == ConvolutionKind::forward) {
        auto const description = make_convolution(engine, sizes, attributes);
        return measure(description, dnnl::convolution_forward(description));
    }
    auto const description = make_deconvolution(engine, sizes, attributes);
    return measure(description, dnnl::deconvolution_forward(description));
}

}  // namespace lowcal::runtime
