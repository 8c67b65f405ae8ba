#include "training/passes/pass_showers.hpp"

#include "training/fine/layer_memory.hpp"

#include <torch/torch.h>

#include <cstdlib>
#include <limits>
#include <vector>

namespace lowcal::training {
namespace {

using graph::hits_around;
using graph::layers_around;
using graph::logarithm_scale;
using graph::pass_count;
using torch::indexing::None;
using torch::indexing::Slice;

/// One more at either end of an axis of [N, ..., rows, columns]: zeros, or where it goes round what
/// is there. Rows that go round keep their parities only where their number is even.
torch::Tensor with_margin(torch::Tensor const& cells, std::int64_t axis, bool round)
{
    if (round && cells.size(axis) % 2 == 0)
        return torch::cat(
            {cells.narrow(axis, cells.size(axis) - 1, 1), cells, cells.narrow(axis, 0, 1)}, axis);
    return torch::constant_pad_nd(cells, axis == -1 ? std::vector<std::int64_t>{1, 1}
                                                    : std::vector<std::int64_t>{0, 0, 1, 1});
}

torch::Tensor with_margins(torch::Tensor const& cells, ShowerGeometry const& geometry)
{
    return with_margin(with_margin(cells, -1, geometry.goes_round(1)), -2, geometry.goes_round(0));
}

}  // namespace

torch::Tensor of_pass(torch::Tensor const& cells, std::int64_t pass)
{
    auto const& [row, column] = graph::cell_passes[static_cast<std::size_t>(pass)];
    return cells.index({torch::indexing::Ellipsis, Slice(row, None, 2), Slice(column, None, 2)});
}

PassShowers::PassShowers(torch::Tensor const& images, LayerFacts facts, Usual const& usual)
    : images_(images), facts_(std::move(facts)), usual_(usual)
{
    if (!facts_.energy.defined()) facts_.energy = images.sum({2, 3});
    if (!facts_.hits.defined()) facts_.hits = (images > 0).sum({2, 3}).to(images.scalar_type());
    describe_showers();
    find_shapes();
    find_left();
    find_volumes();
}

PassShowers::Layers PassShowers::layers_of(std::int64_t group)
{
    // The first group's begin at 0; the others' lie between layers that are there.
    auto const reach = graph::group_reach[static_cast<std::size_t>(group)];
    return group == 0 ? Layers{.first = 0, .step = reach}
                      : Layers{.first = reach, .step = 2 * reach};
}

torch::Tensor PassShowers::log_energy(torch::Tensor const& energy) const
{
    return torch::log1p(energy / usual_.units.energy);
}

torch::Tensor PassShowers::of_group(torch::Tensor const& layers, std::int64_t group) const
{
    auto const own = layers_of(group);
    return layers.slice(1, own.first, c10::nullopt, own.step);
}

torch::Tensor PassShowers::shifted(torch::Tensor const& layers, std::int64_t by)
{
    auto const count = std::min(std::abs(by), layers.size(1));
    auto const nothing = torch::zeros_like(layers.narrow(1, 0, count));
    auto const rest = layers.size(1) - count;
    return by > 0 ? torch::cat({layers.narrow(1, count, rest), nothing}, 1)
                  : torch::cat({nothing, layers.narrow(1, 0, rest)}, 1);
}

void PassShowers::describe_showers()
{
    auto const& energy = facts_.energy;
    auto const layers = energy.size(1);
    auto const total = energy.sum(1, true);
    std::vector<torch::Tensor> features;
    for (auto by = -layers_around; by <= layers_around; ++by)
        features.push_back((logarithm_scale * shifted(log_energy(energy), by)).unsqueeze(2));
    auto const row = facts_.entry.narrow(1, 0, 1), column = facts_.entry.narrow(1, 1, 1);
    auto const of_shower =
        torch::cat({logarithm_scale * log_energy(total), facts_.primary, row, column,
                    graph::square_scale * row * row, graph::square_scale * column * column,
                    graph::square_scale * row * column},
                   1);
    features.push_back(of_shower.unsqueeze(1).expand({-1, layers, -1}));
    auto const number = torch::arange(layers, energy.options());
    auto const share = energy / total.clamp_min(std::numeric_limits<float>::min());
    auto const mean = (share * number).sum(1, true);
    auto const length = (share * (number - mean).square()).sum(1, true).sqrt();
    auto const there = (total > 0).to(energy.scalar_type());
    auto const depth = there * (mean - number);
    auto const before = there * (energy.cumsum(1) - 0.5 * energy);
    features.push_back(
        torch::stack({graph::depth_unit * depth, (graph::depth_unit * length).expand_as(energy),
                      (depth / length.clamp_min(graph::least_length))
                          .clamp(-graph::most_excess, graph::most_excess),
                      logarithm_scale * log_energy(before),
                      logarithm_scale * log_energy((total - before).clamp_min(0)),
                      before / total.clamp_min(usual_.units.energy)},
                     2));
    shower_ = torch::cat(features, 2);
}

void PassShowers::find_shapes()
{
    auto const usual = usual_shapes(usual_.usual_shapes, facts_.energy, usual_.units);
    made_ = (images_.sum({2, 3}) > 0).to(images_.scalar_type());
    auto const shapes = layer_shapes(images_, usual_.centres, facts_.entry);
    beyond_ = beyond_usual(shapes, usual) * made_.unsqueeze(2);
    facts_.hits_beyond =
        graph::shape_scale * (torch::log1p(facts_.hits) - usual.select(2, 0)) * (facts_.hits > 0);
}

void PassShowers::find_left()
{
    std::vector<torch::Tensor> left{facts_.energy}, hits_left{facts_.hits}, hits;
    auto usual = torch::ones({images_.size(1)}, images_.options());
    std::vector<torch::Tensor> usual_left{usual};
    for (std::int64_t pass = 0; pass < pass_count; ++pass) {
        auto const cells = of_pass(images_, pass);
        hits.push_back((cells > 0).sum({2, 3}).to(images_.scalar_type()));
        if (pass == graph::counted_passes) break;
        left.push_back(left.back() - cells.sum({2, 3}));
        hits_left.push_back(hits_left.back() - hits.back());
        usual_left.push_back(usual_left.back() - of_pass(usual_.usual_share, pass).sum({1, 2}));
    }
    left_ = torch::stack(left).clamp_min(0);
    hits_left_ = torch::stack(hits_left).clamp_min(0);
    hits_ = torch::stack(hits);
    usual_left_ = torch::stack(usual_left, 1).clamp_min(graph::least_left);
}

void PassShowers::find_volumes()
{
    double const unit = usual_.units.energy;
    logarithms_ = torch::log(images_ + unit);
    of_layers_ = torch::log(facts_.energy + unit);
    auto const hit = (images_ > 0).to(images_.scalar_type());
    volume_ = with_margins(torch::stack({hit, logarithm_scale * log_energy(images_)}, 1),
                           usual_.geometry);
    auto const usual =
        torch::log(facts_.energy.unsqueeze(2).unsqueeze(3) * usual_.usual_share + unit);
    excess_ = with_margins(
        graph::excess_scale * (logarithms_ - usual).clamp(-graph::most_excess, graph::most_excess),
        usual_.geometry);
    auto const distance = usual_.centres.unsqueeze(0) - facts_.entry.unsqueeze(1).unsqueeze(1);
    auto const radius = (distance.square().sum(3) + graph::least_distance).sqrt();
    positions_ =
        torch::cat({(0.5 * torch::log(radius)).unsqueeze(3),
                    (graph::distance_unit * radius).unsqueeze(3), graph::distance_unit * distance},
                   3);
}

torch::Tensor PassShowers::root_features() const
{
    auto const hits = logarithm_scale * torch::log1p(facts_.hits);
    std::vector<torch::Tensor> features{shower_};
    for (std::int64_t back = 1; back <= graph::remembered_hits; ++back)
        features.push_back(shifted(hits, -back).unsqueeze(2));
    return torch::cat(features, 2);
}

/// Over the layers of the first group that are made by then.
torch::Tensor PassShowers::mean_beyond(std::int64_t group) const
{
    auto const beyond = of_group(beyond_, 0), made = of_group(made_, 0).unsqueeze(2);
    if (group == 0) return (beyond.cumsum(1) - beyond) / (made.cumsum(1) - made).clamp_min(1.0);
    return (beyond.sum(1, true) / made.sum(1, true).clamp_min(1.0))
        .expand({-1, of_group(made_, group).size(1), -1});
}

torch::Tensor PassShowers::layer_features(std::int64_t group) const
{
    auto const hits = logarithm_scale * torch::log1p(facts_.hits);
    std::vector<torch::Tensor> features{of_group(shower_, group)};
    for (auto by = -hits_around; by <= hits_around; ++by)
        features.push_back(of_group(shifted(hits, by), group).unsqueeze(2));
    features.push_back(of_group(facts_.hits_beyond, group).unsqueeze(2));
    auto const reach = graph::group_reach[static_cast<std::size_t>(group)];
    features.push_back(of_group(shifted(beyond_, -reach), group));
    auto const behind = of_group(shifted(beyond_, reach), group);
    features.push_back(group > 0 ? behind : torch::zeros_like(behind));
    features.push_back(mean_beyond(group));
    return torch::cat(features, 2);
}

torch::Tensor PassShowers::left_features(std::int64_t group, std::int64_t pass) const
{
    auto const of = [&](torch::Tensor const& passes) { return of_group(passes[pass], group); };
    auto const share = [&](torch::Tensor const& left, torch::Tensor const& all, double least) {
        return of(left) / of_group(all, group).clamp_min(least);
    };
    return torch::stack(
        {logarithm_scale * log_energy(of(left_)),
         share(left_, facts_.energy, std::numeric_limits<float>::min()),
         logarithm_scale * torch::log1p(of(hits_left_)), share(hits_left_, facts_.hits, 1.0),
         logarithm_scale * torch::log1p(of(hits_)), of(hits_) / of(hits_left_).clamp_min(1.0)},
        2);
}

torch::Tensor PassShowers::hits_left(std::int64_t group, std::int64_t pass) const
{
    return of_group(hits_left_[pass], group);
}

torch::Tensor PassShowers::hits_of(std::int64_t group, std::int64_t pass) const
{
    return of_group(hits_[pass], group);
}

torch::Tensor PassShowers::changes(std::int64_t group) const
{
    auto const cells = static_cast<double>(images_.size(2) * images_.size(3));
    return torch::log(graph::changed_share * cells / of_group(facts_.hits, group).clamp_min(1.0))
        .clamp(graph::least_change, graph::most_change);
}

torch::Tensor PassShowers::followed(BlockIndex const& hits, std::int64_t group,
                                    std::int64_t pass) const
{
    auto const own = of_layers_.index({hits.shower, hits.layer});
    auto const share = usual_.usual_share.index({hits.layer, hits.row, hits.column}) /
                       usual_left_.select(1, pass).index({hits.layer});
    auto const left = left_[pass].index({hits.shower, hits.layer});
    auto const usual = torch::log(left + usual_.units.energy) + torch::log(share);
    auto const near = [&](std::int64_t by) {
        auto const layer = hits.layer + by;
        auto const at = layer.clamp(0, images_.size(1) - 1);
        auto const there = (layer == at) & (facts_.energy.index({hits.shower, at}) > 0);
        auto const same = logarithms_.index({hits.shower, at, hits.row, hits.column});
        return torch::where(there, same + own - of_layers_.index({hits.shower, at}), usual);
    };
    auto const reach = graph::group_reach[static_cast<std::size_t>(group)];
    return torch::stack({usual, near(-reach), near(group > 0 ? reach : -2 * reach)}, 1);
}

torch::Tensor PassShowers::beyond_nearest(BlockIndex const& hits, std::int64_t group) const
{
    constexpr double most = graph::most_difference;
    auto const own = of_layers_.index({hits.shower, hits.layer});
    auto const beyond = [&](std::int64_t by) {
        auto const layer = hits.layer + by;
        auto const at = layer.clamp(0, images_.size(1) - 1);
        auto const there = (layer == at) & (facts_.energy.index({hits.shower, at}) > 0);
        return (own - of_layers_.index({hits.shower, at})).clamp(-most, most) * there;
    };
    auto const reach = graph::group_reach[static_cast<std::size_t>(group)];
    return torch::stack({beyond(-reach), beyond(group > 0 ? reach : -2 * reach)}, 1);
}

torch::Tensor PassShowers::excess(BlockIndex const& hits, std::int64_t group) const
{
    auto const reach = graph::group_reach[static_cast<std::size_t>(group)];
    auto const padded = torch::constant_pad_nd(excess_, {0, 0, 0, 0, reach, reach});
    auto const rows = padded.size(2), columns = padded.size(3);
    auto const one = torch::arange(3, hits.row.options());
    auto const offsets = ((one * reach).view({3, 1, 1}) * rows + one.view({1, 3, 1})) * columns +
                         one.view({1, 1, 3});
    auto const first =
        ((hits.shower * padded.size(1) + hits.layer) * rows + hits.row) * columns + hits.column;
    auto const places = first.unsqueeze(1) + offsets.flatten();
    return padded.flatten().index_select(0, places.flatten()).view(places.sizes());
}

}  // namespace lowcal::training
