#include "graph/reference/reference_operators.hpp"
#include "graph/shapes/convolution_geometry.hpp"

#include <algorithm>
#include <array>

namespace lowcal::graph {
namespace {

using Position = std::array<std::int64_t, 3>;  // along x, y, z

/// A convolution of one, two or three dimensions as one of three: missing axes have size 1.
struct Volume {
    explicit Volume(ConvolutionGeometry const& geometry)
    {
        auto const missing = axes.size() - geometry.axes.size();
        for (std::size_t a = missing; a < axes.size(); ++a) axes[a] = geometry.axes[a - missing];
    }
    std::array<ConvolutionAxis, 3> axes{};

    Position input_sizes() const { return {axes[0].input, axes[1].input, axes[2].input}; }
    Position output_sizes() const { return {axes[0].output, axes[1].output, axes[2].output}; }
    Position kernel_sizes() const { return {axes[0].kernel, axes[1].kernel, axes[2].kernel}; }
};

std::size_t cells(Position const& sizes)
{
    return static_cast<std::size_t>(sizes[0] * sizes[1] * sizes[2]);
}

std::size_t offset(Position const& position, Position const& sizes)
{
    return static_cast<std::size_t>((position[0] * sizes[1] + position[1]) * sizes[2] +
                                    position[2]);
}

bool inside(Position const& position, Position const& sizes)
{
    for (std::size_t a = 0; a < 3; ++a)
        if (position[a] < 0 || position[a] >= sizes[a]) return false;
    return true;
}

template <typename Visit>
void for_each_position(Position const& sizes, Visit visit)
{
    for (std::int64_t x = 0; x < sizes[0]; ++x)
        for (std::int64_t y = 0; y < sizes[1]; ++y)
            for (std::int64_t z = 0; z < sizes[2]; ++z) visit(Position{x, y, z});
}

/// One weight of a kernel and the cell that it meets.
struct Tap {
    std::size_t cell;
    std::size_t weight;
};

/// Conv: the input cells seen around an output. ConvTranspose: the output cells reached from an
/// input. `sizes` are those of the image with these cells; what lies outside is left out.
std::vector<Tap> taps_around(Volume const& volume, Position const& start, Position const& sizes)
{
    std::vector<Tap> taps;
    for_each_position(volume.kernel_sizes(), [&](Position const& k) {
        Position at;
        for (std::size_t a = 0; a < 3; ++a) {
            auto const& axis = volume.axes[a];
            at[a] = start[a] * axis.stride - axis.pad_begin + k[a] * axis.dilation;
        }
        if (inside(at, sizes))
            taps.push_back({offset(at, sizes), offset(k, volume.kernel_sizes())});
    });
    return taps;
}

double bias_of(ReferenceCall const& call, std::size_t channel)
{
    return call.has(2) ? double{call.input(2).floats[channel]} : 0.0;
}

/// A call's sizes as unsigned numbers, and where its images and kernels start.
struct Convolution {
    explicit Convolution(ReferenceCall const& call)
        : Convolution(call,
                      convolution_geometry(call.node, call.input(0).shape, call.input(1).shape))
    {
    }
    Convolution(ReferenceCall const& call, ConvolutionGeometry const& geometry)
        : volume(geometry),
          batch(static_cast<std::size_t>(geometry.batch)),
          groups(static_cast<std::size_t>(geometry.groups)),
          input_channels(static_cast<std::size_t>(geometry.input_channels)),
          output_channels(static_cast<std::size_t>(geometry.output_channels)),
          output_cells(cells(volume.output_sizes())),
          inputs(call.input(0).floats.data()),
          weights(call.input(1).floats.data()),
          outputs(call.output().floats.data())
    {
    }

    float const* input_image(std::size_t n, std::size_t channel) const
    {
        return inputs + (n * input_channels + channel) * cells(volume.input_sizes());
    }
    float const* kernel(std::size_t number) const
    {
        return weights + number * cells(volume.kernel_sizes());
    }
    float* output_image(std::size_t n, std::size_t channel) const
    {
        return outputs + (n * output_channels + channel) * output_cells;
    }

    Volume volume;
    std::size_t batch;
    std::size_t groups;
    std::size_t input_channels;
    std::size_t output_channels;
    std::size_t output_cells;
    float const* inputs;
    float const* weights;
    float* outputs;
};

/// Weights [M, C/groups, kernel]: output channel m sees the input channels of its group.
void conv(ReferenceCall const& call)
{
    Convolution const c(call);
    auto const seen_channels = c.input_channels / c.groups;
    for (std::size_t n = 0; n < c.batch; ++n)
        for_each_position(c.volume.output_sizes(), [&](Position const& output) {
            auto const taps = taps_around(c.volume, output, c.volume.input_sizes());
            for (std::size_t m = 0; m < c.output_channels; ++m) {
                auto const first = m / (c.output_channels / c.groups) * seen_channels;
                double sum = bias_of(call, m);
                for (std::size_t i = 0; i < seen_channels; ++i) {
                    auto const* image = c.input_image(n, first + i);
                    auto const* kernel = c.kernel(m * seen_channels + i);
                    for (auto const& tap : taps)
                        sum += double{image[tap.cell]} * double{kernel[tap.weight]};
                }
                c.output_image(n, m)[offset(output, c.volume.output_sizes())] =
                    static_cast<float>(sum);
            }
        });
}

/// Adds what input channel `i` of shower `n` spreads over the output channels of its group.
void spread(Convolution const& c, std::size_t n, std::size_t i, std::vector<double>& sums)
{
    auto const reached_channels = c.output_channels / c.groups;
    auto const first = i / (c.input_channels / c.groups) * reached_channels;
    for_each_position(c.volume.input_sizes(), [&](Position const& input) {
        auto const taps = taps_around(c.volume, input, c.volume.output_sizes());
        double const value = c.input_image(n, i)[offset(input, c.volume.input_sizes())];
        for (std::size_t m = 0; m < reached_channels; ++m) {
            auto const* kernel = c.kernel(i * reached_channels + m);
            auto* image = sums.data() + (first + m) * c.output_cells;
            for (auto const& tap : taps) image[tap.cell] += value * double{kernel[tap.weight]};
        }
    });
}

/// Weights [C, M/groups, kernel]: input channel c spreads over the output channels of its group.
void conv_transpose(ReferenceCall const& call)
{
    Convolution const c(call);
    for (std::size_t n = 0; n < c.batch; ++n) {
        std::vector<double> sums(c.output_channels * c.output_cells);
        for (std::size_t k = 0; k < sums.size(); ++k) sums[k] = bias_of(call, k / c.output_cells);
        for (std::size_t i = 0; i < c.input_channels; ++i) spread(c, n, i, sums);
        std::transform(sums.begin(), sums.end(), c.output_image(n, 0),
                       [](double sum) { return static_cast<float>(sum); });
    }
}

}  // namespace

std::map<std::string, ReferenceOperator> convolution_reference()
{
    return {{"Conv", conv}, {"ConvTranspose", conv_transpose}};
}

}  // namespace lowcal::graph
