#include "runtime/dnnl_convolution.hpp"

#include "core/error.hpp"
#include "runtime/one_thread.hpp"

#include <chrono>
#include <cstring>
#include <string>

namespace lowcal::runtime {
namespace {

using dnnl::memory;

memory::data_type data_type(Element element)
{
    return element == Element::float32 ? memory::data_type::f32 : memory::data_type::bf16;
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
    memory::dims dims;
    auto out = config.destination[1];
    auto in = config.source[1];
    if (config.groups > 1) {
        dims.push_back(config.groups);
        out /= config.groups;
        in /= config.groups;
    }
    dims.insert(dims.end(), {out, in});
    dims.insert(dims.end(), config.kernel.begin(), config.kernel.end());
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
    auto const weights_type = data_type(config.source_element);
    ConvolutionSizes sizes{
        .source = {config.source, data_type(config.source_element), tag},
        .weights = {weight_dims(config), weights_type, any},
        .bias = {},
        .destination = {config.destination, data_type(config.destination_element), tag},
        .strides = config.strides,
        .dilations = config.dilations,
        .padding_before = config.padding_before,
        .padding_after = config.padding_after};
    if (!config.bias.empty())
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
    memory result(description, engine);
    std::memcpy(result.get_data_handle(), values.data(), values.size() * sizeof(float));
    return result;
}

/// The weights in the layout (and type) that the primitive wants.
memory pack(std::vector<float> const& weights, memory::dims const& dims, memory::desc const& wanted,
            dnnl::engine const& engine)
{
    memory plain({dims, memory::data_type::f32, plain_tag(dims.size())}, engine,
                 const_cast<float*>(weights.data()));
    memory packed(wanted, engine);
    dnnl::stream stream(engine);
    dnnl::reorder(plain, packed).execute(stream, plain, packed);
    stream.wait();
    return packed;
}

double macs_of(ConvolutionConfig const& config, ConvolutionKind kind)
{
    auto const& counted = kind == ConvolutionKind::forward ? config.destination : config.source;
    auto const other = kind == ConvolutionKind::forward ? config.source[1] : config.destination[1];
    double macs = static_cast<double>(other) / static_cast<double>(config.groups);
    for (auto const size : counted) macs *= static_cast<double>(size);
    for (auto const size : config.kernel) macs *= static_cast<double>(size);
    return macs;
}

void throw_unsupported(dnnl::error const& error)
{
    throw InputError("oneDNN cannot run this convolution", error.message);
}

}  // namespace

DnnlConvolution::DnnlConvolution(ConvolutionConfig const& config, ConvolutionKind kind)
    : engine_(dnnl::engine::kind::cpu, 0), macs_(macs_of(config, kind))
{
    OneThread const one_thread;  // blocking decisions must not depend on the machine's threads
    auto const rank = config.source.size();
    dnnl::post_ops post_ops;
    auto append_binary = [&](dnnl::algorithm algorithm, std::vector<float> const& values) {
        if (values.empty()) return;
        auto const description = per_channel(rank, config.destination[1]);
        post_arguments_.push_back(DNNL_ARG_ATTR_MULTIPLE_POST_OP(post_ops.len()) | DNNL_ARG_SRC_1);
        post_ops.append_binary(algorithm, description);
        post_memories_.push_back(copy_of(values, description, engine_));
    };
    if (config.epilogue.leaky_slope) append_leaky_relu(post_ops, *config.epilogue.leaky_slope);
    append_binary(dnnl::algorithm::binary_mul, config.epilogue.scale);
    append_binary(dnnl::algorithm::binary_add, config.epilogue.shift);
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    attributes.set_post_ops(post_ops);
    auto keep = [&](auto const& description, auto primitive) {
        primitive_ = std::move(primitive);
        source_ = description.src_desc();
        destination_ = description.dst_desc();
        scratch_ = description.scratchpad_desc();
        weights_ = pack(config.weights, weight_dims(config), description.weights_desc(), engine_);
    };
    try {
        auto const sizes = sizes_of(config, channels_last_tag(rank));
        if (kind == ConvolutionKind::forward) {
            auto const description = make_convolution(engine_, sizes, attributes);
            keep(description, dnnl::convolution_forward(description));
        } else {
            auto const description = make_deconvolution(engine_, sizes, attributes);
            keep(description, dnnl::deconvolution_forward(description));
        }
        if (!config.bias.empty()) bias_ = copy_of(config.bias, sizes.bias, engine_);
    } catch (dnnl::error const& error) {
        throw_unsupported(error);
    }
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
    if (convolution.bias_) add(DNNL_ARG_BIAS, convolution.bias_);
    add(DNNL_ARG_DST, destination_);
    add(DNNL_ARG_SCRATCHPAD, scratch_);
    for (std::size_t i = 0; i < convolution.post_memories_.size(); ++i)
        add(convolution.post_arguments_[i], convolution.post_memories_[i]);
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
    auto measure = [&](auto const& description, auto const& primitive) {
        std::unordered_map<int, memory> arguments;
        auto add = [&](int argument, memory::desc const& wanted) {
            memory data(wanted, engine);
            std::memset(data.get_data_handle(), 0x3c, wanted.get_size());  // small normal numbers
            arguments.emplace(argument, data);
        };
        add(DNNL_ARG_SRC, description.src_desc());
        add(DNNL_ARG_WEIGHTS, description.weights_desc());
        if (!config.bias.empty()) add(DNNL_ARG_BIAS, description.bias_desc());
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
        auto const description = make_convolution(engine, sizes, {});
        return measure(description, dnnl::convolution_forward(description));
    }
    auto const description = make_deconvolution(engine, sizes, {});
    return measure(description, dnnl::deconvolution_forward(description));
}

}  // namespace lowcal::runtime
