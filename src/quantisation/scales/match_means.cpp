#include "quantisation/scales/match_means.hpp"

#include "graph/shapes/shape_inference.hpp"
#include "quantisation/form/patches.hpp"
#include "quantisation/form/row_products.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>

namespace lowcal::quantisation {
namespace {

using graph::Graph;
using graph::Node;

/// Groups of showers of like energy, and how many showers one has at least.
constexpr std::size_t most_groups = 8;
constexpr std::size_t fewest_showers = 16;
/// Numbers that are kept of showers; further ones are left out.
constexpr std::size_t most_numbers = std::size_t{64} << 20U;
/// Where a channel's cells times the weights that each follows are more, the network is left as it
/// is: they are held all at once, 128 MB; and so many weights of a channel.
constexpr std::size_t most_slopes = std::size_t{16} << 20U;
constexpr std::size_t most_weights = 4096;
/// A change of single showers' cells, squared, counts so much of a miss of the mean: as much as it
/// adds to the error of the mean of a thousand showers.
constexpr double noise_cost = 1e-3;
/// A miss of a sum over the cells counts as one so many times as large of a cell: more, and the
/// chances of the calibration showers are matched.
constexpr double sum_emphasis = 5;
/// Of the largest variance of a group's cells, added to each: cells that hardly vary are not
/// matched beyond measure.
constexpr double least_variance = 1e-4;

/// The last convolution.
struct LastConvolution {
    Node const* node = nullptr;
    std::string sums;  ///< what the ReLU reads
};

std::optional<LastConvolution> last_convolution(Graph const& network, std::string const& layer)
{
    std::map<std::string, std::vector<Node const*>> readers;
    LastConvolution last;
    for (auto const& node : network.nodes) {
        for (auto const& input : node.inputs) readers[input].push_back(&node);
        if (node.name == layer && node.op == "Conv") last.node = &node;
    }
    if (last.node == nullptr) return std::nullopt;
    auto const weights = network.constants.find(last.node->inputs[1]);
    if (weights == network.constants.end() || weights->second.floats.empty() ||
        readers.at(weights->first).size() != 1)
        return std::nullopt;
    last.sums = last.node->outputs.front();
    while (readers[last.sums].size() == 1) {
        auto const& reader = *readers[last.sums].front();
        if (reader.op == "Relu") return last;
        if (reader.op != "Add") break;
        last.sums = reader.outputs.front();
    }
    return std::nullopt;
}

/// What both networks make of the first calibration showers.
struct Seen {
    std::size_t showers = 0;
    std::vector<float> inputs;         ///< [showers][in][spatial...] of the int8 network
    std::vector<float> found, wanted;  ///< [showers][channels][cells] before the ReLU
    std::vector<double> totals;        ///< of the canonical network's output
};

Seen see(Graph const& canonical, LastConvolution const& exact, Graph const& network,
         LastConvolution const& rounded, NetworkRunner const& runner, std::size_t input_size,
         std::size_t sums_size, std::size_t output_size)
{
    Seen seen;
    auto const most = std::max(fewest_showers, most_numbers / (input_size + 2 * sums_size));
    auto const append = [most](std::vector<float>& to, std::span<float const> numbers,
                               std::size_t size) {
        auto const more = numbers.first(std::min(numbers.size(), most * size - to.size()));
        to.insert(to.end(), more.begin(), more.end());
    };
    std::vector<float> outputs;
    runner.run(canonical, {exact.sums, canonical.outputs.front().name},
               [&](std::size_t value, std::span<float const> numbers) {
                   if (value == 0)
                       append(seen.wanted, numbers, sums_size);
                   else
                       append(outputs, numbers, output_size);
               });
    runner.run(network, {rounded.node->inputs[0], rounded.sums},
               [&](std::size_t value, std::span<float const> numbers) {
                   if (value == 0)
                       append(seen.inputs, numbers, input_size);
                   else
                       append(seen.found, numbers, sums_size);
               });
    seen.showers = seen.wanted.size() / sums_size;
    for (std::size_t shower = 0; shower < seen.showers; ++shower) {
        auto const own = std::span(outputs).subspan(shower * output_size, output_size);
        seen.totals.push_back(std::accumulate(own.begin(), own.end(), 0.0));
    }
    return seen;
}

/// Showers, those of like energy together.
std::vector<std::vector<std::size_t>> groups_of(std::vector<double> const& totals)
{
    std::vector<std::size_t> order(totals.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t shower) { return totals[shower]; });
    auto const count = std::clamp(totals.size() / fewest_showers, std::size_t{1}, most_groups);
    std::vector<std::vector<std::size_t>> groups(count);
    for (std::size_t rank = 0; rank < order.size(); ++rank)
        groups[rank * count / order.size()].push_back(order[rank]);
    return groups;
}

/// Of what is wanted: mean and variance.
struct Moments {
    double sum = 0, squares = 0;
    std::size_t count = 0;

    void add(double x)
    {
        sum += x;
        squares += x * x;
        ++count;
    }
    double mean() const { return sum / static_cast<double>(count); }
    double variance() const
    {
        return std::max(0.0, squares / static_cast<double>(count) - mean() * mean());
    }
};

/// Finds the change of each output channel's weights.
class MeansMatcher {
public:
    /// `shape` is that of a channel of the convolution's result.
    MeansMatcher(Patches const& patches, graph::Shape shape, Seen const& seen, std::size_t channels)
        : patches_(patches),
          shape_(std::move(shape)),
          seen_(seen),
          channels_(channels),
          sums_(weighted_sums()),
          groups_(groups_of(seen.totals)),
          rows_(patches.size()),
          noise_(noise_of_patches())
    {
    }

    /// The change; adds its misses to `misses`.
    std::vector<double> operator()(std::size_t channel, MatchedMeans& misses)
    {
        auto const size = patches_.size();
        right_.assign(size, 0.0);
        weights_ = 0;
        before_ = 0;
        double const rounding = rounding_of(channel);
        for (auto const& group : groups_) add_group(channel, group, rounding);
        auto matrix = rows_.take();
        auto const plain = matrix;
        double trace = 0;
        for (std::size_t i = 0; i < size; ++i) trace += matrix[i * size + i];
        if (!(trace > 0)) return std::vector<double>(size, 0.0);
        for (std::size_t i = 0; i < size; ++i) {
            for (std::size_t j = i; j < size; ++j)
                matrix[i * size + j] += noise_cost * weights_ * noise_[i * size + j];
            matrix[i * size + i] += 1e-9 * trace / static_cast<double>(size);
        }
        auto change = solve(upper_factor(std::move(matrix), size), right_);
        misses.before += before_;
        misses.after += before_ -
                        2 * std::inner_product(change.begin(), change.end(), right_.begin(), 0.0) +
                        form(plain, change);
        return change;
    }

private:
    Patches const& patches_;
    graph::Shape shape_;
    Seen const& seen_;
    std::size_t channels_;
    std::vector<std::vector<double>> sums_;  ///< [sums][cells]: weights
    std::vector<std::vector<std::size_t>> groups_;
    RowProducts rows_;
    std::vector<double> noise_;  ///< mean product of patches, upper triangle
    std::vector<double> right_{};
    double weights_ = 0;  ///< of all cells' rows
    double before_ = 0;

    /// x^T A x by A's upper triangle.
    static double form(std::vector<double> const& matrix, std::vector<double> const& x)
    {
        double sum = 0;
        for (std::size_t i = 0; i < x.size(); ++i) {
            auto const* const row = matrix.data() + i * x.size();
            double others = 0;
            for (std::size_t j = i + 1; j < x.size(); ++j) others += row[j] * x[j];
            sum += x[i] * (row[i] * x[i] + 2 * others);
        }
        return sum;
    }

    std::span<float const> input(std::size_t shower) const
    {
        auto const size = patches_.shower_size();
        return std::span(seen_.inputs).subspan(shower * size, size);
    }
    std::span<float const> sums(std::vector<float> const& all, std::size_t shower,
                                std::size_t channel) const
    {
        auto const cells = patches_.cells();
        return std::span(all).subspan((shower * channels_ + channel) * cells, cells);
    }

    std::vector<double> noise_of_patches() const
    {
        RowProducts products(patches_.size());
        double count = 0;
        for (std::size_t shower = 0; shower < seen_.showers; ++shower)
            for (std::size_t cell = shower % patches_.step(); cell < patches_.cells();
                 cell += patches_.step(), ++count) {
                patches_.add(input(shower), cell, 1.0, products.next());
                products.add();
            }
        auto matrix = products.take();
        for (double& product : matrix) product /= count;
        return matrix;
    }

    /// What rounding adds to a channel's sums, r.m.s.
    double rounding_of(std::size_t channel) const
    {
        double squares = 0;
        for (std::size_t shower = 0; shower < seen_.showers; ++shower) {
            auto const found = sums(seen_.found, shower, channel);
            auto const wanted = sums(seen_.wanted, shower, channel);
            for (std::size_t cell = 0; cell < found.size(); ++cell)
                squares += std::pow(static_cast<double>(found[cell] - wanted[cell]), 2);
        }
        return std::sqrt(squares / static_cast<double>(seen_.showers * patches_.cells()));
    }

    void add_row(std::span<double const> slopes, double miss, double weight)
    {
        auto const row = rows_.next();
        double const root = std::sqrt(weight);
        for (std::size_t i = 0; i < row.size(); ++i) {
            row[i] = root * slopes[i];
            right_[i] += weight * miss * slopes[i];
        }
        rows_.add();
        before_ += weight * miss * miss;
    }

    /// Sums over the cells of a channel that are matched beside the cells themselves: its energy,
    /// and that times the place and its square along each axis.
    std::vector<std::vector<double>> weighted_sums() const
    {
        auto const cells = patches_.cells();
        std::vector<std::vector<double>> sums{std::vector<double>(cells, 1.0)};
        for (std::size_t axis = 0; axis < shape_.size(); ++axis) {
            auto& places = sums.emplace_back();
            double const middle = 0.5 * static_cast<double>(shape_[axis] - 1);
            for (std::size_t cell = 0; cell < cells; ++cell)
                places.push_back(static_cast<double>(graph::indices_of(
                                     static_cast<std::int64_t>(cell), shape_)[axis]) -
                                 middle);
            auto squares = places;
            for (double& place : squares) place *= place;
            sums.push_back(std::move(squares));
        }
        return sums;
    }

    /// What a group of showers has of a channel.
    struct GroupMeans {
        std::vector<Moments> cells;   ///< of what is wanted
        std::vector<Moments> sums;    ///< of `sums_`, likewise
        Moments hits;                 ///< likewise
        std::vector<double> found;    ///< mean of each cell
        std::vector<double> slopes;   ///< of these with the weights, [cells][size]
        double found_hits = 0;        ///< cells above zero
        std::vector<double> of_hits;  ///< slopes
    };

    GroupMeans means_of(std::size_t channel, std::vector<std::size_t> const& group,
                        double rounding) const
    {
        auto const size = patches_.size();
        auto const cells = patches_.cells();
        auto const count = static_cast<double>(group.size());
        GroupMeans means{.cells = std::vector<Moments>(cells),
                         .sums = std::vector<Moments>(sums_.size()),
                         .hits = {},
                         .found = std::vector<double>(cells, 0.0),
                         .slopes = std::vector<double>(cells * size, 0.0),
                         .of_hits = std::vector<double>(size, 0.0)};
        std::vector<double> energies(cells);
        for (auto const shower : group) {
            auto const exact = sums(seen_.wanted, shower, channel);
            auto const rounded = sums(seen_.found, shower, channel);
            double hits = 0;
            for (std::size_t cell = 0; cell < cells; ++cell) {
                energies[cell] = std::max(0.0, static_cast<double>(exact[cell]));
                means.cells[cell].add(energies[cell]);
                hits += exact[cell] > 0 ? 1 : 0;
                auto const sum = static_cast<double>(rounded[cell]);
                if (sum > 0) {
                    means.found[cell] += sum / count;
                    means.found_hits += 1 / count;
                    patches_.add(input(shower), cell, 1 / count,
                                 std::span(means.slopes).subspan(cell * size, size));
                }
                // How many cells cross zero: those that are within what rounding adds.
                if (std::abs(sum) < rounding)
                    patches_.add(input(shower), cell, 1 / (2 * rounding * count), means.of_hits);
            }
            means.hits.add(hits);
            for (std::size_t i = 0; i < sums_.size(); ++i)
                means.sums[i].add(
                    std::inner_product(energies.begin(), energies.end(), sums_[i].begin(), 0.0));
        }
        return means;
    }

    void add_group(std::size_t channel, std::vector<std::size_t> const& group, double rounding)
    {
        auto const size = patches_.size();
        auto const means = means_of(channel, group, rounding);
        double largest = 0;
        for (auto const& cell : means.cells) largest = std::max(largest, cell.variance());
        if (!(largest > 0)) return;
        std::vector<double> misses;
        for (std::size_t cell = 0; cell < means.cells.size(); ++cell) {
            double const weight = 1 / (means.cells[cell].variance() + least_variance * largest);
            misses.push_back(means.cells[cell].mean() - means.found[cell]);
            add_row(std::span(means.slopes).subspan(cell * size, size), misses.back(), weight);
            weights_ += weight;
        }
        std::vector<double> slopes(size);
        for (std::size_t i = 0; i < sums_.size(); ++i) {
            if (!(means.sums[i].variance() > 0)) continue;
            std::ranges::fill(slopes, 0.0);
            double miss = 0;
            for (std::size_t cell = 0; cell < misses.size(); ++cell) {
                double const factor = sums_[i][cell];
                miss += factor * misses[cell];
                for (std::size_t k = 0; k < size; ++k)
                    slopes[k] += factor * means.slopes[cell * size + k];
            }
            add_row(slopes, miss, sum_emphasis * sum_emphasis / means.sums[i].variance());
        }
        if (means.hits.variance() > 0)
            add_row(means.of_hits, means.hits.mean() - means.found_hits,
                    sum_emphasis * sum_emphasis / means.hits.variance());
    }
};

}  // namespace

MatchedMeans match_means(Int8Network& network, Graph const& canonical, NetworkRunner const& runner,
                         std::size_t fewest)
{
    auto const& layer = network.layers.back().name;
    auto const rounded = last_convolution(network.graph, layer);
    auto const exact = last_convolution(canonical, layer);
    if (!rounded || !exact) return {};
    auto& weights = network.graph.constants.at(rounded->node->inputs[1]);
    auto const shapes = graph::infer_shapes(network.graph, 1);
    auto const geometry = graph::convolution_geometry(
        *rounded->node, shapes.at(rounded->node->inputs[0]), weights.shape);
    auto const sums_size = graph::element_count(shapes.at(rounded->sums));
    auto const output_size = graph::element_count(shapes.at(network.graph.outputs.front().name));
    if (!Patches::suit(geometry) || sums_size != graph::element_count(geometry.output_shape()))
        return {};
    Patches const patches(geometry);
    if (patches.size() > most_weights || patches.size() * patches.cells() > most_slopes) return {};
    auto const seen =
        see(canonical, *exact, network.graph, *rounded, runner, patches.shower_size(),
            static_cast<std::size_t>(sums_size), static_cast<std::size_t>(output_size));
    if (seen.showers < fewest) return {};
    MatchedMeans misses;
    auto const channels = static_cast<std::size_t>(geometry.output_channels);
    auto const result = geometry.output_shape();
    MeansMatcher matcher(patches, {result.begin() + 2, result.end()}, seen, channels);
    for (std::size_t channel = 0; channel < channels; ++channel) {
        auto const change = matcher(channel, misses);
        auto* const own = weights.floats.data() + channel * patches.size();
        for (std::size_t i = 0; i < change.size(); ++i)
            own[i] = static_cast<float>(static_cast<double>(own[i]) + change[i]);
    }
    return misses;
}

}  // namespace lowcal::quantisation
