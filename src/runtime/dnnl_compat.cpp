#include "runtime/dnnl_compat.hpp"

namespace lowcal::runtime {

#if DNNL_VERSION_MAJOR < 3

dnnl::convolution_forward::primitive_desc make_convolution(dnnl::engine const& engine,
                                                           ConvolutionSizes const& sizes,
                                                           dnnl::primitive_attr const& attributes)
{
    dnnl::convolution_forward::desc const description(
        dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct, sizes.source,
        sizes.weights, sizes.bias, sizes.destination, sizes.strides, sizes.dilations,
        sizes.padding_before, sizes.padding_after);
    return {description, attributes, engine};
}

dnnl::deconvolution_forward::primitive_desc make_deconvolution(
    dnnl::engine const& engine, ConvolutionSizes const& sizes,
    dnnl::primitive_attr const& attributes)
{
    dnnl::deconvolution_forward::desc const description(
        dnnl::prop_kind::forward_inference, dnnl::algorithm::deconvolution_direct, sizes.source,
        sizes.weights, sizes.bias, sizes.destination, sizes.strides, sizes.dilations,
        sizes.padding_before, sizes.padding_after);
    return {description, attributes, engine};
}

void append_leaky_relu(dnnl::post_ops& post_ops, float slope)
{
    post_ops.append_eltwise(1.0F, dnnl::algorithm::eltwise_relu, slope, 0.0F);
}

#else

dnnl::convolution_forward::primitive_desc make_convolution(dnnl::engine const& engine,
                                                           ConvolutionSizes const& sizes,
                                                           dnnl::primitive_attr const& attributes)
{
    return {engine,
            dnnl::prop_kind::forward_inference,
            dnnl::algorithm::convolution_direct,
            sizes.source,
            sizes.weights,
            sizes.bias,
            sizes.destination,
            sizes.strides,
            sizes.dilations,
            sizes.padding_before,
            sizes.padding_after,
            attributes};
}

dnnl::deconvolution_forward::primitive_desc make_deconvolution(
    dnnl::engine const& engine, ConvolutionSizes const& sizes,
    dnnl::primitive_attr const& attributes)
{
    return {engine,
            dnnl::prop_kind::forward_inference,
            dnnl::algorithm::deconvolution_direct,
            sizes.source,
            sizes.weights,
            sizes.bias,
            sizes.destination,
            sizes.strides,
            sizes.dilations,
            sizes.padding_before,
            sizes.padding_after,
            attributes};
}

void append_leaky_relu(dnnl::post_ops& post_ops, float slope)
{
    post_ops.append_eltwise(dnnl::algorithm::eltwise_relu, slope, 0.0F);
}

#endif

}  // namespace lowcal::runtime
