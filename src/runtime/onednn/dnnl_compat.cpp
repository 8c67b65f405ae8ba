#include "runtime/onednn/dnnl_compat.hpp"

#include <algorithm>

namespace lowcal::runtime {

using dnnl::memory;

namespace {

/// `Primitive` is convolution_forward or deconvolution_forward: both take the same arguments.
template <class Primitive>
typename Primitive::primitive_desc describe(dnnl::engine const& engine, dnnl::algorithm algorithm,
                                            ConvolutionSizes const& sizes,
                                            dnnl::primitive_attr const& attributes)
{
    auto const inference = dnnl::prop_kind::forward_inference;
#if DNNL_VERSION_MAJOR < 3
    typename Primitive::desc const description(
        inference, algorithm, sizes.source, sizes.weights, sizes.bias, sizes.destination,
        sizes.strides, sizes.dilations, sizes.padding_before, sizes.padding_after);
    return {description, attributes, engine};
#else
    return {engine,
            inference,
            algorithm,
            sizes.source,
            sizes.weights,
            sizes.bias,
            sizes.destination,
            sizes.strides,
            sizes.dilations,
            sizes.padding_before,
            sizes.padding_after,
            attributes};
#endif
}

}  // namespace

dnnl::convolution_forward::primitive_desc make_convolution(dnnl::engine const& engine,
                                                           ConvolutionSizes const& sizes,
                                                           dnnl::primitive_attr const& attributes)
{
    return describe<dnnl::convolution_forward>(engine, dnnl::algorithm::convolution_direct, sizes,
                                               attributes);
}

dnnl::deconvolution_forward::primitive_desc make_deconvolution(
    dnnl::engine const& engine, ConvolutionSizes const& sizes,
    dnnl::primitive_attr const& attributes)
{
    return describe<dnnl::deconvolution_forward>(engine, dnnl::algorithm::deconvolution_direct,
                                                 sizes, attributes);
}

std::vector<ExtraArgument> set_int8(dnnl::primitive_attr& attributes,
                                    [[maybe_unused]] dnnl::post_ops& post_ops,
                                    Int8Attributes const& numbers,
                                    [[maybe_unused]] dnnl::engine const& engine)
{
    std::vector<ExtraArgument> extra;
#if DNNL_VERSION_MAJOR < 3
    attributes.set_output_scales(1 << 1, numbers.scales);  // one for each of axis 1 of the result
    if (numbers.source_zero_point != 0)
        attributes.set_zero_points(DNNL_ARG_SRC, 0, {numbers.source_zero_point});
#else
    // Its scales of weights would multiply before the bias is added: other roundings.
    memory scales(numbers.per_channel, engine);
    std::copy(numbers.scales.begin(), numbers.scales.end(),
              static_cast<float*>(scales.get_data_handle()));
    extra.push_back(
        {append_binary(post_ops, dnnl::algorithm::binary_mul, numbers.per_channel), scales});
    if (numbers.source_zero_point != 0) {
        attributes.set_zero_points_mask(DNNL_ARG_SRC, 0);
        memory zero({{1}, memory::data_type::s32, memory::format_tag::a}, engine);
        *static_cast<std::int32_t*>(zero.get_data_handle()) = numbers.source_zero_point;
        extra.push_back({DNNL_ARG_ATTR_ZERO_POINTS | DNNL_ARG_SRC, zero});
    }
#endif
    return extra;
}

int append_binary(dnnl::post_ops& post_ops, dnnl::algorithm algorithm,
                  memory::desc const& description)
{
    auto const argument = DNNL_ARG_ATTR_MULTIPLE_POST_OP(post_ops.len()) | DNNL_ARG_SRC_1;
    post_ops.append_binary(algorithm, description);
    return argument;
}

void append_leaky_relu(dnnl::post_ops& post_ops, float slope)
{
#if DNNL_VERSION_MAJOR < 3
    post_ops.append_eltwise(1.0F, dnnl::algorithm::eltwise_relu, slope, 0.0F);
#else
    post_ops.append_eltwise(dnnl::algorithm::eltwise_relu, slope, 0.0F);
#endif
}

void append_addition(dnnl::post_ops& post_ops, float number)
{
#if DNNL_VERSION_MAJOR < 3
    post_ops.append_eltwise(1.0F, dnnl::algorithm::eltwise_linear, 1.0F, number);
#else
    post_ops.append_eltwise(dnnl::algorithm::eltwise_linear, 1.0F, number);
#endif
}

}  // namespace lowcal::runtime
