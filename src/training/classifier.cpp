#include "training/classifier.hpp"

#include "core/area_under_curve.hpp"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace lowcal::training {
namespace {

using torch::indexing::Slice;

constexpr double slope = 0.2;  // of LeakyReLU

/// For images [N, layers, rows, columns].
torch::nn::Sequential cell_network(torch::Tensor const& images)
{
    auto const quarter = [](std::int64_t size) { return (size + 3) / 4; };
    torch::nn::Sequential network;
    auto const add = [&](std::int64_t from, std::int64_t to, std::int64_t size, std::int64_t step) {
        network->push_back(torch::nn::Conv2d(
            torch::nn::Conv2dOptions(from, to, size).stride(step).padding(size / 2)));
        network->push_back(
            torch::nn::LeakyReLU(torch::nn::LeakyReLUOptions().negative_slope(slope)));
    };
    add(images.size(1), 32, 3, 1);
    add(32, 32, 3, 2);
    add(32, 32, 3, 2);
    network->push_back(torch::nn::Flatten());
    network->push_back(
        torch::nn::Linear(32 * quarter(images.size(2)) * quarter(images.size(3)), 64));
    network->push_back(torch::nn::LeakyReLU(torch::nn::LeakyReLUOptions().negative_slope(slope)));
    network->push_back(torch::nn::Linear(64, 1));
    return network;
}

struct Part {
    torch::Tensor showers;
    torch::Tensor label;  ///< 1: candidate
};

/// Showers [first, last) of each class, in shares of the class, along a random order.
Part part_of(ClassifierInput const& input, std::pair<torch::Tensor, torch::Tensor> const& orders,
             std::pair<double, double> share)
{
    auto const take = [&](torch::Tensor const& showers, torch::Tensor const& order) {
        auto const count = static_cast<double>(order.size(0));
        return showers.index_select(
            0, order.index({Slice(static_cast<std::int64_t>(share.first * count),
                                  static_cast<std::int64_t>(share.second * count))}));
    };
    auto const reference = take(input.reference, orders.first);
    auto const candidate = take(input.candidate, orders.second);
    return {torch::cat({reference, candidate}),
            torch::cat({torch::zeros(reference.size(0)), torch::ones(candidate.size(0))})};
}

double area_of(torch::nn::Sequential& network, Part const& part)
{
    torch::NoGradGuard const no_gradients;
    network->eval();
    std::vector<float> scores[2];
    for (std::int64_t first = 0; first < part.label.size(0); first += 512) {
        auto const rows = Slice(first, std::min(first + 512, part.label.size(0)));
        auto const score = network->forward(part.showers.index({rows})).flatten().contiguous();
        auto const label = part.label.index({rows}).contiguous();
        for (std::int64_t i = 0; i < score.size(0); ++i)
            scores[label.data_ptr<float>()[i] > 0.5F ? 1 : 0].push_back(score.data_ptr<float>()[i]);
    }
    return area_under_curve(scores[0], scores[1]).area;
}

void train_epoch(torch::nn::Sequential& network, torch::optim::Adam& optimiser, Part const& part,
                 std::int64_t batch)
{
    network->train();
    auto const order = torch::randperm(part.label.size(0));
    for (std::int64_t first = 0; first < order.size(0); first += batch) {
        auto const rows = order.index({Slice(first, std::min(first + batch, order.size(0)))});
        optimiser.zero_grad();
        auto const score = network->forward(part.showers.index_select(0, rows)).flatten();
        auto const loss =
            torch::binary_cross_entropy_with_logits(score, part.label.index_select(0, rows));
        loss.backward();
        optimiser.step();
    }
}

/// The area on the last fifth, of the epoch that was best on the fifth before.
double train_once(ClassifierInput const& input, ClassifierConfig const& config)
{
    std::pair const orders{torch::randperm(input.reference.size(0)),
                           torch::randperm(input.candidate.size(0))};
    auto const training = part_of(input, orders, {0.0, 0.6});
    auto const choosing = part_of(input, orders, {0.6, 0.8});
    auto const judging = part_of(input, orders, {0.8, 1.0});
    auto network = cell_network(input.reference);
    torch::optim::Adam optimiser(network->parameters(), torch::optim::AdamOptions(config.rate));
    double best = -1;
    double area = 0.5;
    for (int epoch = 0; epoch < config.epochs; ++epoch) {
        train_epoch(network, optimiser, training, config.batch);
        double const chosen = area_of(network, choosing);
        if (chosen <= best) continue;
        best = chosen;
        area = area_of(network, judging);
    }
    return area;
}

/// Standard deviation of an area of n against m showers at its largest, for no separation.
double counting_error(std::int64_t reference, std::int64_t candidate)
{
    double const n = 0.2 * static_cast<double>(reference);
    double const m = 0.2 * static_cast<double>(candidate);
    return std::sqrt((n + m + 1) / (12 * n * m));
}

}  // namespace

Separability classify_cells(ClassifierInput const& input, ClassifierConfig const& config)
{
    std::vector<double> areas;
    for (int run = 0; run < config.repeats; ++run) {
        torch::manual_seed(config.seed + static_cast<std::uint64_t>(run));
        areas.push_back(train_once(input, config));
        if (config.report)
            config.report("repeat " + std::to_string(run + 1) + ": " +
                          std::to_string(areas.back()));
    }
    double mean = 0;
    for (double const area : areas) mean += area / static_cast<double>(areas.size());
    double squares = 0;
    for (double const area : areas) squares += (area - mean) * (area - mean);
    double const spread = areas.size() > 1 ? squares / static_cast<double>(areas.size() - 1) : 0;
    double const counting = counting_error(input.reference.size(0), input.candidate.size(0)) * 2 *
                            std::sqrt(std::max(0.0, mean * (1 - mean)));
    return {mean, std::sqrt(spread + counting * counting)};
}

}  // namespace lowcal::training
