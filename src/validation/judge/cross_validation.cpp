#include "validation/judge/cross_validation.hpp"

#include "core/random.hpp"
#include "validation/compare/bootstrap.hpp"
#include "validation/compare/energy_trend.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cmath>
#include <map>
#include <mutex>
#include <numeric>
#include <utility>

namespace lowcal::validation {
namespace {

constexpr std::size_t label_group = 10;  // neighbours in energy that may exchange labels

/// Random order of the numbers below `count`: a function of seed, stream and item.
std::vector<std::uint32_t> dealt(std::size_t count, ItemRandom random)
{
    std::vector<std::uint32_t> order(count);
    std::iota(order.begin(), order.end(), 0U);
    draw_without_replacement(order, count, random);
    return order;
}

/// The fold of each shower of a sample: random, as many in each, and a function of the energies
/// alone, so that samples of the same energies have them alike.
std::vector<std::uint32_t> folds_of(std::span<float const> energies, std::uint64_t seed)
{
    std::map<std::uint32_t, std::uint32_t> seen;  // showers of one energy, so far
    std::vector<std::pair<std::uint64_t, std::uint32_t>> order;
    for (std::uint32_t shower = 0; shower < energies.size(); ++shower) {
        auto const bits = std::bit_cast<std::uint32_t>(energies[shower]);
        std::array<std::uint32_t, 2> random{};
        ItemRandom({seed, RandomStream::split}, (std::uint64_t{seen[bits]++} << 32) | bits)
            .bits(random);
        order.emplace_back((std::uint64_t{random[0]} << 32) | random[1], shower);
    }
    std::ranges::sort(order);
    std::vector<std::uint32_t> result(energies.size());
    for (std::size_t rank = 0; rank < order.size(); ++rank)
        result[order[rank].second] = static_cast<std::uint32_t>(rank % folds);
    return result;
}

void append(LabelledShowers& list, physics::FeatureTable const& table,
            std::span<std::uint32_t const> showers, float label, std::uint64_t seed)
{
    auto const first = list.count();
    for (auto const shower : showers) {
        auto const row = table.row(shower);
        list.rows.insert(list.rows.end(), row.begin(), row.end());
        list.labels.push_back(label);
        list.energy.push_back(table.primary_energy()[shower]);
    }
    auto const fold = folds_of(std::span(list.energy).subspan(first), seed);
    list.fold.insert(list.fold.end(), fold.begin(), fold.end());
}

/// Takes the trend from the features of one column, of showers that have it.
void take_trend(LabelledShowers& list, std::size_t column)
{
    std::vector<float> energies;
    std::vector<double> values;
    std::vector<std::size_t> places;
    for (std::size_t place = column; place < list.rows.size(); place += list.columns) {
        if (std::isnan(list.rows[place])) continue;
        energies.push_back(list.energy[place / list.columns]);
        values.push_back(static_cast<double>(list.rows[place]));
        places.push_back(place);
    }
    auto const residuals = EnergyTrend(energies).residuals(values);
    for (std::size_t i = 0; i < places.size(); ++i)
        list.rows[places[i]] = static_cast<float>(residuals[i]);
}

/// Of some showers, some columns.
struct Part {
    std::vector<float> rows;
    std::vector<float> labels;
    std::vector<std::size_t> showers;
};

Part part_of(Question const& question, bool wanted, std::uint32_t fold)
{
    Part part;
    auto const& all = *question.showers;
    for (std::size_t shower = 0; shower < all.count(); ++shower) {
        if ((all.fold[shower] == fold) != wanted) continue;
        for (auto const column : question.columns)
            part.rows.push_back(all.rows[shower * all.columns + column]);
        part.labels.push_back(question.labels[shower]);
        part.showers.push_back(shower);
    }
    return part;
}

void answer(Question const& question, std::uint32_t fold, TreesConfig const& config,
            std::vector<float>& scores)
{
    auto const training = part_of(question, false, fold);
    auto const test = part_of(question, true, fold);
    if (training.showers.empty() || test.showers.empty()) return;
    auto const columns = question.columns.size();
    auto const found =
        boosted_scores({training.rows, columns}, training.labels, {test.rows, columns}, config);
    for (std::size_t i = 0; i < found.size(); ++i) scores[test.showers[i]] = found[i];
}

}  // namespace

LabelledShowers labelled(physics::FeatureTable const& reference,
                         std::span<std::uint32_t const> reference_showers,
                         physics::FeatureTable const& candidate,
                         std::span<std::uint32_t const> candidate_showers, std::uint64_t seed)
{
    LabelledShowers list;
    list.columns = reference.set().count();
    append(list, reference, reference_showers, 0.0F, seed);
    append(list, candidate, candidate_showers, 1.0F, seed);
    for (std::size_t column = reference.set().given(); column < list.columns; ++column)
        take_trend(list, column);
    return list;
}

std::vector<float> shuffled_labels(LabelledShowers const& showers, std::uint64_t seed)
{
    std::vector<std::uint32_t> order(showers.count());
    std::iota(order.begin(), order.end(), 0U);
    // Within a fold, so that no fold gets more of a label than it had.
    std::ranges::stable_sort(order, [&](auto a, auto b) {
        return std::pair(showers.fold[a], showers.energy[a]) <
               std::pair(showers.fold[b], showers.energy[b]);
    });
    auto labels = showers.labels;
    for (std::size_t first = 0; first < order.size(); first += label_group) {
        auto const count = std::min(label_group, order.size() - first);
        auto const from = dealt(count, ItemRandom({seed, RandomStream::permutation}, first));
        for (std::size_t i = 0; i < count; ++i)
            labels[order[first + i]] = showers.labels[order[first + from[i]]];
    }
    return labels;
}

std::vector<std::vector<float>> out_of_fold_scores(std::span<Question const> questions,
                                                   TreesConfig const& config, WorkerPool& threads,
                                                   std::function<void(std::size_t)> const& progress)
{
    std::vector<std::vector<float>> scores;
    for (auto const& question : questions) scores.emplace_back(question.showers->count());
    auto const trainings = questions.size() * folds;
    std::atomic<std::size_t> next{0};
    std::mutex mutex;
    std::size_t done = 0;
    threads.run([&](int) {
        for (std::size_t i = next++; i < trainings; i = next++) {
            answer(questions[i / folds], static_cast<std::uint32_t>(i % folds), config,
                   scores[i / folds]);
            std::lock_guard const lock(mutex);
            if (progress) progress(++done);
        }
    });
    return scores;
}

}  // namespace lowcal::validation
