#include "training/architecture.hpp"

#include "core/error.hpp"

#include <algorithm>

namespace lowcal::training {
namespace {

LayerSpec conv(std::string name, std::int64_t channels, std::int64_t kernel, Padding padding)
{
    return {.name = std::move(name), .channels = channels, .kernel = kernel, .padding = padding};
}

LayerSpec transposed(std::string name, std::int64_t channels, std::int64_t stride)
{
    return {.name = std::move(name),
            .kind = LayerKind::transposed_convolution,
            .channels = channels,
            .kernel = 5,
            .stride = stride,
            .bias = true,
            .activation = false,
            .normalised = false};
}

struct Name {
    Architecture architecture;
    std::string_view name;
};

constexpr Name names[] = {{Architecture::conv3d, "conv3d"},
                          {Architecture::conv2d, "conv2d"},
                          {Architecture::lean, "lean"},
                          {Architecture::fine, "fine"},
                          {Architecture::passes, "passes"}};

}  // namespace

Architecture parse_architecture(std::string_view name)
{
    std::string known;
    for (auto const& [architecture, its_name] : names) {
        if (its_name == name) return architecture;
        known += (known.empty() ? "" : ", ") + std::string(its_name);
    }
    throw InputError("unknown architecture '" + std::string(name) + "'", "known: " + known);
}

std::string_view name_of(Architecture architecture)
{
    return std::ranges::find(names, architecture, &Name::architecture)->name;
}

std::int64_t expected_parameters(Architecture architecture)
{
    return architecture == Architecture::conv3d ? 629705 : 2055324;
}

std::int64_t dense_size(Architecture architecture)
{
    return architecture == Architecture::conv3d ? 625 : 125;
}

StackSpec conv3d_stack(double dropout)
{
    auto first_up = transposed("up1", 32, 3);
    auto second_up = transposed("up2", 32, 2);
    first_up.activation = second_up.activation = true;
    auto fifth = conv("conv4", 16, 3, Padding::valid);
    fifth.bias = true;
    auto last = conv("output", 1, 2, Padding::same);
    last.activation = last.normalised = false;
    return {.name = "body",
            .dimensions = 3,
            .input_channels = 5,
            .dropout = dropout,
            .start = Start::shower_like,
            .layers = {conv("conv1", 64, 5, Padding::same), first_up,
                       conv("conv2", 16, 5, Padding::same), second_up,
                       conv("conv3", 32, 4, Padding::valid), fifth, last}};
}

StackSpec conv2d_branch(std::string const& axis, double dropout, std::int64_t rank)
{
    auto const factored = [rank](LayerSpec layer) {
        layer.rank = rank;
        return layer;
    };
    return {.name = "branch_" + axis,
            .dimensions = 2,
            .input_channels = 5,
            .dropout = dropout,
            .start = Start::shower_like,
            .layers = {
                conv("conv1", 32, 5, Padding::same),
                transposed("up1", 64, 3),
                factored(conv("conv2", 64, 5, Padding::same)),
                transposed("up2", 64, 2),
                factored(conv("conv3", 64, 8, Padding::same)),
                factored(conv("conv4", 64, 5, Padding::valid)),
                conv("conv5", 32, 4, Padding::same),
                conv("conv6", 32, 3, Padding::same),
                conv("conv7", 25, 2, Padding::valid),
            }};
}

StackSpec conv2d_merge()
{
    auto last = conv("output", 25, 3, Padding::same);
    last.activation = last.normalised = false;
    return {.name = "merge", .dimensions = 2, .input_channels = 75, .layers = {last}};
}

StackSpec discriminator_branch(std::string const& axis, double dropout)
{
    return {.name = "branch_" + axis,
            .dimensions = 2,
            .input_channels = 25,
            .dropout = dropout,
            .layers = {
                conv("conv1", 64, 8, Padding::same),
                conv("conv2", 32, 6, Padding::valid),
                conv("conv3", 32, 5, Padding::valid),
                conv("conv4", 32, 4, Padding::valid),
                conv("conv5", 32, 3, Padding::valid),
                conv("conv6", 9, 3, Padding::valid),
            }};
}

Margins same_padding(std::int64_t kernel)
{
    return {.before = (kernel - 1) / 2, .after = kernel / 2};
}

Margins same_crop(std::int64_t kernel, std::int64_t stride)
{
    auto const total = kernel > stride ? kernel - stride : 0;
    return {.before = total / 2, .after = total - total / 2};
}

}  // namespace lowcal::training
