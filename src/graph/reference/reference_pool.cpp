#include "graph/reference/reference_operators.hpp"
#include "graph/shapes/convolution_geometry.hpp"

#include <cmath>
#include <limits>

namespace lowcal::graph {
namespace {

/// Calls `see` with the place of each cell of the image [C, spatial...] that a window covers, and
/// how many of its cells lie in the padding.
template <typename See>
std::size_t visit_window(ConvolutionGeometry const& geometry, Shape const& image,
                         Shape const& output, See see)
{
    Shape kernel;
    for (auto const& axis : geometry.axes) kernel.push_back(axis.kernel);
    std::size_t outside = 0;
    for_each_element(kernel, [&](Shape const& tap, std::size_t) {
        Shape place(output.begin(), output.begin() + 2);
        bool inside = true;
        for (std::size_t a = 0; a < tap.size(); ++a) {
            auto const& axis = geometry.axes[a];
            auto const at = output[2 + a] * axis.stride - axis.pad_begin + tap[a] * axis.dilation;
            inside = inside && at >= 0 && at < axis.input;
            place.push_back(at);
        }
        if (inside)
            see(position_of(place, image));
        else
            ++outside;
    });
    return outside;
}

void average_pool(ReferenceCall const& call)
{
    auto const& in = call.input(0);
    auto const geometry = pool_geometry(call.node, in.shape);
    bool const counts_padding = int_attribute(call.node, "count_include_pad", 0) != 0;
    for_each_element(call.output().shape, [&](Shape const& index, std::size_t position) {
        double sum = 0;
        std::size_t terms = 0;
        auto const outside = visit_window(geometry, in.shape, index, [&](std::size_t place) {
            sum += in.floats[place];
            ++terms;
        });
        if (counts_padding) terms += outside;
        call.output().floats[position] = static_cast<float>(sum / static_cast<double>(terms));
    });
}

void max_pool(ReferenceCall const& call)
{
    auto const& in = call.input(0);
    auto const geometry = pool_geometry(call.node, in.shape);
    for_each_element(call.output().shape, [&](Shape const& index, std::size_t position) {
        float most = -std::numeric_limits<float>::infinity();
        visit_window(geometry, in.shape, index, [&](std::size_t place) {
            auto const x = in.floats[place];
            if (!(x <= most)) most = x;  // NaN stays
        });
        call.output().floats[position] = most;
    });
}

/// One number of each image.
template <bool largest>
void global_pool(ReferenceCall const& call)
{
    auto const& in = call.input(0).floats;
    auto& out = call.output().floats;
    auto const cells = in.size() / out.size();
    for (std::size_t i = 0; i < out.size(); ++i) {
        double sum = 0;
        float most = in[i * cells];
        for (std::size_t k = i * cells; k < (i + 1) * cells; ++k) {
            sum += in[k];
            if (!(in[k] <= most)) most = in[k];
        }
        out[i] = largest ? most : static_cast<float>(sum / static_cast<double>(cells));
    }
}

}  // namespace

std::map<std::string, ReferenceOperator> pool_reference()
{
    return {{"AveragePool", average_pool},
            {"GlobalAveragePool", global_pool<false>},
            {"GlobalMaxPool", global_pool<true>},
            {"MaxPool", max_pool}};
}

}  // namespace lowcal::graph
