#include "runtime/dnnl_compat.hpp"

namespace lowcal::runtime {
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

void append_leaky_relu(dnnl::post_ops& post_ops, float slope)
{
#if DNNL_VERSION_MAJOR < 3
    post_ops.append_eltwise(1.0F, dnnl::algorithm::eltwise_relu, slope, 0.0F);
#else
    post_ops.append_eltwise(dnnl::algorithm::eltwise_relu, slope, 0.0F);
#endif
}

}  // namespace lowcal::runtime
