// How unlikely showers are.

#include "graph/passes/pass_form.hpp"
#include "training/fine/layer_memory.hpp"
#include "training/likelihood/leaky.hpp"
#include "training/passes/pass_networks.hpp"
#include "training/passes/pass_showers.hpp"

#include <torch/torch.h>

#include <cmath>
#include <numbers>

namespace lowcal::training {

using graph::pass_count;

namespace {

constexpr double least_mass = 1e-7;  ///< that a loss has a gradient of

}  // namespace

PassGeneratorImpl::Loss PassGeneratorImpl::loss(torch::Tensor const& images, LayerFacts facts)
{
    auto const showers = PassShowers(images, std::move(facts),
                                     {.geometry = geometry_,
                                      .units = units(),
                                      .centres = centres_,
                                      .usual_share = usual_share_,
                                      .usual_shapes = usual_shapes_});
    Loss loss{.hits_of_layers = hits_loss(showers),
              .hits = torch::zeros({}, images.options()),
              .energies = torch::zeros({}, images.options())};
    for (std::int64_t group = 0; group < graph::group_count; ++group) {
        auto const features = showers.layer_features(group);
        if (features.size(1) == 0) continue;
        for (std::int64_t pass = 0; pass < pass_count; ++pass)
            add_phase_loss(showers, group, pass, features, loss);
    }
    auto const count = static_cast<double>(images.size(0));
    return {.hits_of_layers = loss.hits_of_layers / count,
            .hits = loss.hits / count,
            .energies = loss.energies / count};
}

torch::Tensor PassGeneratorImpl::hits_loss(PassShowers const& showers)
{
    auto const layers = (showers.facts().hits > 0).nonzero().t().contiguous();
    auto const features = torch::cat({showers.root_features().index({layers[0], layers[1]}),
                                      root_layers_.index_select(0, layers[1])},
                                     1);
    auto const hits = showers.facts().hits.index({layers[0], layers[1]});
    auto const numbers =
        root_->forward(leaky(root_second_->forward(leaky(root_first_->forward(features)))));
    auto const low = torch::log(hits - 0.5).masked_fill(hits <= 1, -INFINITY);
    return -log_mass(root_mixture(numbers), low, torch::log(hits + 0.5)).sum();
}

void PassGeneratorImpl::add_phase_loss(PassShowers const& showers, std::int64_t group,
                                       std::int64_t number, torch::Tensor const& features,
                                       Loss& loss)
{
    auto const& pass = graph::cell_passes[static_cast<std::size_t>(number)];
    auto phase = phases_[static_cast<std::size_t>(group * pass_count + number)];
    auto const layers = showers.layers_of(group);
    auto const own_layers = layers_.slice(0, layers.first, c10::nullopt, layers.step);
    auto const left = showers.left_features(group, number);
    auto const with = [&](torch::Tensor const& numbers) {
        return torch::cat(
            {features, numbers, own_layers.unsqueeze(0).expand({features.size(0), -1, -1})}, 2);
    };
    if (number < graph::counted_passes)
        loss.hits = loss.hits + counts_loss(showers, group, number,
                                            with(left.narrow(2, 0, graph::left_numbers)));
    auto const inputs = with(left);
    auto const hidden = widths_.hidden;
    auto const context = context_
                             ->forward(leaky(context_second_->forward(
                                 leaky(context_first_->forward(inputs.flatten(0, 1))))))
                             .view({inputs.size(0), inputs.size(1), hidden + graph::odds_numbers});
    // [N, rows, columns, positions] of the pass.
    auto const positions =
        of_pass(showers.positions().permute({0, 3, 1, 2}), number).permute({0, 2, 3, 1});
    auto const usual =
        of_pass(odds_, number).slice(0, layers.first, c10::nullopt, layers.step) +
        context.select(2, hidden).unsqueeze(2).unsqueeze(3) +
        torch::einsum("bzp,byxp->bzyx",
                      {context.narrow(2, hidden + 1, graph::position_numbers), positions});
    auto const gains = positions_.slice(0, layers.first, c10::nullopt, layers.step);
    auto const places =
        of_pass(places_.permute({2, 0, 1}), number).permute({1, 2, 0}).unsqueeze(0).unsqueeze(1);
    auto const first = phase->windows(showers.volume()) +
                       context.narrow(2, 0, hidden).unsqueeze(2).unsqueeze(3) + places +
                       torch::einsum("zph,byxp->bzyxh", {gains, positions});
    auto const second = phase->hidden(first.reshape({-1, hidden}));
    auto const most = showers.changes(group).unsqueeze(2).unsqueeze(3);
    auto const odds = usual + most * torch::tanh(phase->change(second).view(usual.sizes()) / most);
    auto const cells =
        of_pass(showers.images().slice(1, layers.first, c10::nullopt, layers.step), number);
    auto const hit = cells > 0;
    auto const there = (showers.hits_of(group, number) > 0).unsqueeze(2).unsqueeze(3);
    loss.hits =
        loss.hits + ((torch::softplus(odds) - odds * hit.to(odds.scalar_type())) * there).sum();
    auto const found = hit.nonzero().t().contiguous();
    if (found.size(1) == 0) return;
    BlockIndex const hits{.shower = found[0],
                          .layer = found[1] * layers.step + layers.first,
                          .row = found[2] * 2 + pass.row,
                          .column = found[3] * 2 + pass.column};
    auto const of_hits = second.index_select(0, hit.flatten().nonzero().squeeze(1));
    loss.energies = loss.energies + energies_loss(showers, hits, group, number, of_hits);
}

torch::Tensor PassGeneratorImpl::counts_loss(PassShowers const& showers, std::int64_t group,
                                             std::int64_t pass, torch::Tensor const& inputs)
{
    auto const left = showers.hits_left(group, pass).flatten();
    auto const there = (left > 0).nonzero().squeeze(1);
    auto const some = [&](torch::Tensor const& numbers) { return numbers.index_select(0, there); };
    auto const numbers = count_
                             ->forward(leaky(count_second_->forward(
                                 leaky(count_first_->forward(some(inputs.flatten(0, 1)))))))
                             .narrow(1, 2 * pass, 2);
    auto const own = form();
    auto const behind = static_cast<double>(own.cells_behind(pass));
    auto const hits = some(showers.hits_of(group, pass).flatten());
    auto const most = some(left).clamp_max(static_cast<double>(own.pass_size(pass)));
    auto const least = torch::minimum((some(left) - behind).clamp_min(0), most);
    auto const share = torch::sigmoid(numbers.select(1, 0));
    auto const mean = some(left) * share;
    auto const log_width = numbers.select(1, 1).clamp(graph::narrowest_count, graph::widest_count);
    auto const width = graph::least_count_width +
                       torch::exp(log_width) *
                           (mean * (1.0 - share)).clamp_min(graph::least_count_variance).sqrt();
    auto const up_to = [&](torch::Tensor const& limit) {
        return 0.5 * torch::erfc((mean - limit) / (width * std::numbers::sqrt2));
    };
    auto const all = torch::ones_like(mean), none = torch::zeros_like(mean);
    auto const mass = torch::where(hits >= most, all, up_to(hits + 0.5)) -
                      torch::where(hits <= least, none, up_to(hits - 0.5));
    return -torch::log(mass.clamp_min(0) + least_mass).sum();
}

torch::Tensor PassGeneratorImpl::energies_loss(PassShowers const& showers, BlockIndex const& hits,
                                               std::int64_t group, std::int64_t pass,
                                               torch::Tensor const& hidden)
{
    auto phase = phases_[static_cast<std::size_t>(group * pass_count + pass)];
    auto const followed = showers.followed(hits, group, pass);
    auto const difference = [&](std::int64_t one, std::int64_t other) {
        constexpr double most = graph::most_difference;
        return (followed.narrow(1, one, 1) - followed.narrow(1, other, 1)).clamp(-most, most);
    };
    auto const first = difference(1, 0), second = difference(2, 1);
    auto const inputs = torch::cat(
        {hidden, graph::logarithm_scale * followed, first, difference(2, 0), second,
         first.square() / graph::most_difference, second.square() / graph::most_difference},
        1);
    auto const energy = block_values(showers.images(), hits);
    auto const inner = phase->energy(inputs);
    auto const own = (torch::bucketize(energy, edges_) - 1).clamp(0, widths_.classes);
    auto const own_group = own.div(graph::group_classes, "floor").unsqueeze(1);
    auto const of_groups =
        class_groups_[static_cast<std::size_t>(group)]->forward(inner).log_softmax(1);
    auto const faint = own < widths_.classes;
    auto const log_widths = torch::log(torch::log(edges_.slice(0, 1) / edges_.slice(0, 0, -1)));
    auto loss = -of_groups.gather(1, own_group).sum();
    auto const of_faint = faint.nonzero().squeeze(1);
    auto const class_of = own.index_select(0, of_faint);
    auto const of_classes = classes_[static_cast<std::size_t>(group)]
                                ->forward(inner.index_select(0, of_faint))
                                .view({-1, form().class_groups(), graph::group_classes})
                                .log_softmax(2)
                                .flatten(1);
    loss = loss + (log_widths.index_select(0, class_of) -
                   of_classes.gather(1, class_of.unsqueeze(1)).squeeze(1))
                      .sum();
    auto const bright = faint.logical_not().nonzero().squeeze(1);
    if (bright.size(0) == 0) return loss;
    auto const some = [&](torch::Tensor const& numbers) { return numbers.index_select(0, bright); };
    BlockIndex const bright_hits{.shower = some(hits.shower),
                                 .layer = some(hits.layer),
                                 .row = some(hits.row),
                                 .column = some(hits.column)};
    auto const excess = showers.excess(bright_hits, group) * phase->seen();
    auto const place = of_places(bright_hits, group,
                                 torch::cat({excess, some(first), some(difference(2, 0)),
                                             showers.beyond_nearest(bright_hits, group)},
                                            1));
    auto const mixture =
        phase->bright(torch::cat({some(inputs), excess}, 1), some(followed), excess, place);
    // Cut off where faint hits end.
    auto const least = torch::log(edges_[-1]);
    auto const possible = torch::logsumexp(
        torch::log_softmax(mixture.log_weights, 1) -
            torch::softplus((least - mixture.means) * torch::exp(-mixture.log_widths)),
        {1});
    return loss - (log_density(mixture, torch::log(some(energy))) - possible).sum();
}

torch::Tensor PassGeneratorImpl::of_places(BlockIndex const& hits, std::int64_t group,
                                           torch::Tensor const& regressors) const
{
    auto const own = bright_places_[group].index({hits.row, hits.column});
    auto const offset = (own.narrow(1, 0, graph::bright_regressors) * regressors).sum(1, true) +
                        own.narrow(1, graph::bright_regressors, 1);
    return torch::cat({offset, own.narrow(1, graph::bright_regressors + 1, 1)}, 1);
}

}  // namespace lowcal::training
