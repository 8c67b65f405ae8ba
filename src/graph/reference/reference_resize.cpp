#include "graph/reference/reference_operators.hpp"
#include "graph/shapes/resize_taps.hpp"

namespace lowcal::graph {
namespace {

/// Sums are kept in double from axis to axis.
struct Image {
    Shape shape;
    std::vector<double> values;
};

Image along_axis(Image const& in, std::size_t axis, std::vector<std::vector<ResizeTap>> const& taps)
{
    Image out{in.shape, {}};
    out.shape[axis] = static_cast<std::int64_t>(taps.size());
    out.values.resize(static_cast<std::size_t>(element_count(out.shape)));
    for_each_element(out.shape, [&](Shape index, std::size_t position) {
        double sum = 0;
        for (auto const& tap : taps[static_cast<std::size_t>(index[axis])]) {
            index[axis] = tap.source;
            sum += double{tap.weight} * in.values[position_of(index, in.shape)];
        }
        out.values[position] = sum;
    });
    return out;
}

void resize(ReferenceCall const& call)
{
    auto const axes = resize_axes(call.operands());
    auto const& in = call.input(0);
    Image image{in.shape, {in.floats.begin(), in.floats.end()}};
    for (std::size_t d = 0; d < axes.size(); ++d)
        if (axes[d].output != in.shape[d] || axes[d].scale != 1.0F)
            image = along_axis(image, d, resize_taps(call.node, axes[d], in.shape[d]));
    for (std::size_t i = 0; i < image.values.size(); ++i)
        call.output().floats[i] = static_cast<float>(image.values[i]);
}

}  // namespace

std::map<std::string, ReferenceOperator> resize_reference()
{
    return {{"Resize", resize}};
}

}  // namespace lowcal::graph
