#include "workflows/precision/precision_judge.hpp"

#include "core/error.hpp"
#include "graph/model/ports.hpp"
#include "physics/energy_bins.hpp"
#include "workflows/generate/generate_candidate.hpp"
#include "workflows/generate/sample_inputs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace lowcal::workflows {
namespace {

using physics::ShowerTable;
using quantisation::Criterion;

/// At which the errors are stated.
constexpr double full_count = 10000;

/// Means and variances of a number of a shower in both samples, and of its difference.
struct PairedMoments {
    double count = 0, reference = 0, square = 0, difference = 0, square_difference = 0;
    void add(double before, double after)
    {
        count += 1;
        reference += before;
        square += before * before;
        difference += after - before;
        square_difference += (after - before) * (after - before);
    }
    double mean() const { return reference / count; }
    double variance() const { return std::max(0.0, square / count - mean() * mean()); }
    double shift() const { return difference / count; }
    /// Variance of the shift.
    double noise() const
    {
        return std::max(0.0, square_difference / count - shift() * shift()) / count;
    }
};

/// By their names, of one shower.
std::map<std::string, std::size_t> numbers_of_inputs(graph::Graph const& network)
{
    auto const ports = graph::ports_of(network);
    std::map<std::string, std::size_t> numbers;
    for (std::size_t i = 0; i < ports.inputs.size(); ++i)
        numbers[network.inputs[i].name] = ports.inputs[i].width;
    return numbers;
}

}  // namespace

PrecisionJudge::PrecisionJudge(graph::Graph const& network, Config const& config)
    : config_(config),
      ports_(numbers_of_inputs(network)),
      reference_(graph::ports_of(network).detector)
{
    inputs_ = config.inputs_from.empty() ? inputs_over_range(network, config.count)
                                         : inputs_through_file(config.inputs_from, config.count,
                                                               reference_.set().detector());
    observe(network, reference_);
    comparator_ = std::make_unique<validation::PairedComparator>(reference_);
}

double PrecisionJudge::observe(graph::Graph const& network, ShowerTable& table) const
{
    std::vector<runtime::ShowerEnsemble::Member> members;
    members.push_back(
        {network.name, runtime::ShowerGenerator(network, {.threads = config_.threads})});
    runtime::ShowerEnsemble const networks(std::move(members));
    double seconds = 0;
    auto start = std::chrono::steady_clock::now();
    generate_sample(networks, config_.seed, inputs_, [&](data::ShowerBlock const& block) {
        auto const now = std::chrono::steady_clock::now();
        seconds += std::chrono::duration<double>(now - start).count();
        table.add(block);
        start = std::chrono::steady_clock::now();
    });
    return seconds;
}

double PrecisionJudge::at_full_count(double error) const
{
    return error * std::sqrt(static_cast<double>(config_.count) / full_count);
}

quantisation::Judgement PrecisionJudge::operator()(graph::Graph const& other) const
{
    if (numbers_of_inputs(other) != ports_)
        throw InputError("network '" + other.name +
                             "' has other inputs than the one that it is "
                             "compared with",
                         "showers are compared of the same latents");
    ShowerTable table(reference_.shared_set());
    double const seconds = observe(other, table);
    quantisation::Judgement judgement{
        .criteria = {}, .us_per_shower = 1e6 * seconds / static_cast<double>(config_.count)};
    judge_shape(table, judgement);
    judge_observables(table, judgement);
    judge_spectrum(table, judgement);
    return judgement;
}

void PrecisionJudge::judge_observables(ShowerTable const& other,
                                       quantisation::Judgement& judgement) const
{
    for (auto const& shift : (*comparator_)(other)) {
        if (shift.count < 10) continue;  // no error worth the name
        auto const name =
            fmt::format("{} at {} GeV", reference_.set().observables()[shift.observable].name,
                        physics::bin_text(shift.bin));
        judgement.criteria.push_back({.name = name + ", mean",
                                      .shift = shift.mean,
                                      .error = at_full_count(shift.reference.mean_error),
                                      .noise = shift.mean_noise});
        judgement.criteria.push_back({.name = name + ", rms",
                                      .shift = shift.rms,
                                      .error = at_full_count(shift.reference.rms_error),
                                      .noise = shift.rms_noise});
    }
}

void PrecisionJudge::judge_spectrum(ShowerTable const& other,
                                    quantisation::Judgement& judgement) const
{
    auto const& spectrum = reference_.set().spectrum();
    for (auto const& bin : physics::reported_bins(reference_.set().detector())) {
        std::vector<PairedMoments> bins(spectrum.count);
        for (std::size_t shower = 0; shower < reference_.count(); ++shower)
            if (bin.contains(static_cast<double>(reference_.primary_energy()[shower])))
                for (std::size_t i = 0; i < bins.size(); ++i)
                    bins[i].add(static_cast<double>(reference_.cell_spectrum(shower)[i]),
                                static_cast<double>(other.cell_spectrum(shower)[i]));
        for (std::size_t i = 0; i < bins.size(); ++i) {
            auto const& cells = bins[i];
            if (cells.count < 10 || (cells.reference <= 0 && cells.difference <= 0)) continue;
            // At least one cell in the bin's showers: an empty bin's error is not zero.
            double const variance = std::max(cells.variance(), 1.0 / cells.count);
            double const low = spectrum.edge(i);
            judgement.criteria.push_back(
                {.name = fmt::format("cells of 10^{:.1f} to 10^{:.1f} GeV at {} GeV", low,
                                     low + spectrum.step, physics::bin_text(bin)),
                 .shift = cells.shift(),
                 .error = at_full_count(std::sqrt(variance / cells.count)),
                 .noise = std::sqrt(cells.noise())});
        }
    }
}

/// The root of the shape MSE between both mean shapes, against what chance makes of it.
void PrecisionJudge::judge_shape(ShowerTable const& other, quantisation::Judgement& judgement) const
{
    std::vector<PairedMoments> bins(reference_.set().profile_bins());
    for (std::size_t shower = 0; shower < reference_.count(); ++shower)
        for (std::size_t i = 0; i < bins.size(); ++i)
            bins[i].add(static_cast<double>(reference_.profiles(shower)[i]),
                        static_cast<double>(other.profiles(shower)[i]));
    double shift = 0, chance = 0, noise = 0;
    for (auto const& axis : reference_.set().profile_axes()) {
        double content = 0;
        for (std::size_t i = 0; i < axis.bins; ++i) content += bins[axis.first + i].mean();
        content /= static_cast<double>(axis.bins);
        double const unit = content * content;
        for (std::size_t i = axis.first; i < axis.first + axis.bins; ++i) {
            shift += bins[i].shift() * bins[i].shift() / unit;
            noise += bins[i].noise() / unit;
            chance += bins[i].variance() / bins[i].count / unit;
        }
    }
    auto const count = static_cast<double>(bins.size());
    // Noise adds to the square: what is left without it is the shift.
    judgement.criteria.push_back({.name = "mean shape (root of the shape MSE)",
                                  .shift = std::sqrt(std::max(0.0, shift - noise) / count),
                                  .error = at_full_count(std::sqrt(chance / count))});
}

std::vector<Criterion> moved_criteria(quantisation::Judgement const& judgement, double tolerance)
{
    std::vector<Criterion> moved;
    for (auto const& criterion : judgement.criteria)
        if (criterion.ratio() > tolerance) moved.push_back(criterion);
    std::stable_sort(moved.begin(), moved.end(), [](auto const& a, auto const& b) {
        return std::pair(a.sure_ratio(), a.ratio()) > std::pair(b.sure_ratio(), b.ratio());
    });
    return moved;
}

}  // namespace lowcal::workflows
