#include "quantisation/plan/tuner.hpp"

#include "core/error.hpp"
#include "graph/model/element_type.hpp"
#include "graph/model/model_info.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

namespace lowcal::quantisation {
namespace {

using Clock = std::chrono::steady_clock;

/// Thrown inside a search that has used up its trials or minutes.
struct LimitReached {};

/// Products of 8 bits that one product in this precision takes the time of, on CPUs with VNNI and
/// BF16 instructions.
double products_of(LayerPrecision precision)
{
    switch (precision) {
        case LayerPrecision::int8:
            return 1.0;
        case LayerPrecision::bfloat16:
            return 2.0;
        case LayerPrecision::int8_weights:
        case LayerPrecision::float32:
            break;
    }
    return 4.0;
}

class Search {
public:
    Search(graph::Graph const& network, Quantiser& quantiser, Judge const& judge,
           Tuner::Config const& config, std::function<void(Trial const&)> const& seen)
        : quantiser_(quantiser), judge_(judge), config_(config), seen_(seen), start_(Clock::now())
    {
        for (auto const& layer : graph::model_info(network).layers)
            work_[layer.name] = layer.multiply_accumulates;
    }

    Tuner::Result run()
    {
        try {
            auto best = vary_scales(attempt(config_.start));
            if (trial(best).moved > 0) raise_layers(best);
        } catch (LimitReached const&) {
            result_.stopped = true;
        }
        choose();
        return std::move(result_);
    }

private:
    Quantiser& quantiser_;
    Judge const& judge_;
    Tuner::Config const& config_;
    std::function<void(Trial const&)> const& seen_;
    Clock::time_point start_;
    std::map<std::string, double> work_;
    Tuner::Result result_;

    Trial const& trial(std::size_t number) const { return result_.trials[number]; }

    double cost_of(Quantiser::Config const& config) const
    {
        double cost = 0;
        for (auto const& layer : quantiser_.plan(config).layers)
            if (auto const found = work_.find(layer.name); found != work_.end())
                cost += found->second * products_of(layer.precision);
        return cost / 1e9;
    }

    /// Makes and judges a network, unless that was done: the number of its trial.
    std::size_t attempt(Quantiser::Config const& config)
    {
        auto const plan = plan_text(config);
        for (std::size_t i = 0; i < result_.trials.size(); ++i)
            if (trial(i).plan == plan) return i;
        double const minutes = std::chrono::duration<double>(Clock::now() - start_).count() / 60.0;
        if (result_.trials.size() >= config_.most_trials ||
            (!result_.trials.empty() && minutes >= config_.most_minutes))
            throw LimitReached();
        Trial made{.plan = plan, .config = config, .cost = cost_of(config)};
        auto const judgement = judge_(plan, [&] { return quantiser_(config); });
        made.us_per_shower = judgement.us_per_shower;
        for (auto const& criterion : judgement.criteria) {
            double const ratio = criterion.sure_ratio();
            if (ratio > made.worst.sure_ratio() || made.worst.name.empty()) made.worst = criterion;
            if (!(ratio > config_.tolerance)) continue;
            ++made.moved;
            made.excess += std::pow(ratio - config_.tolerance, 2);
        }
        result_.trials.push_back(made);
        if (seen_) seen_(made);
        return result_.trials.size() - 1;
    }

    std::size_t better_of(std::size_t one, std::size_t other) const
    {
        return trial(other).excess < trial(one).excess ? other : one;
    }

    /// One setting after the other; the best of each goes on.
    std::size_t vary_scales(std::size_t best)
    {
        auto const vary = [&](auto const& change, auto const& values) {
            for (auto const& value : values) {
                if (trial(best).moved == 0) return;
                auto config = trial(best).config;
                change(config, value);
                best = better_of(best, attempt(config));
            }
        };
        vary([](auto& config, RangeMethod method) { config.range.method = method; },
             std::vector{RangeMethod::percentile, RangeMethod::entropy, RangeMethod::min_max});
        vary([](auto& config, double strength) { config.equalisation = strength; },
             std::vector{0.8, 0.6});
        if (config_.start.canonical.unit == ActivationUnit::per_shower)
            vary([](auto& config, double factor) { config.canonical.energy_offset *= factor; },
                 std::vector{0.5, 2.0});
        return best;
    }

    /// A layer in higher precision, and what that is worth.
    struct Candidate {
        std::string layer;
        double gain_per_cost = 0;
    };

    Quantiser::Config with_fallback(std::size_t base, std::string const& layer,
                                    LayerPrecision precision) const
    {
        auto config = trial(base).config;
        config.fallbacks[layer] = {.precision = precision,
                                   .reason = "in int8 it moves " + trial(base).worst.name};
        return config;
    }

    std::vector<Candidate> rank(std::size_t base, LayerPrecision precision)
    {
        std::vector<std::pair<double, std::string>> layers;  // cheap ones first
        for (auto const& layer : quantiser_.plan(trial(base).config).layers)
            if (layer.precision == LayerPrecision::int8)
                layers.emplace_back(work_[layer.name], layer.name);
        std::sort(layers.begin(), layers.end());
        std::vector<Candidate> candidates;
        for (auto const& [work, name] : layers) {
            auto const with = attempt(with_fallback(base, name, precision));
            double const gain = trial(base).excess - trial(with).excess;
            double const cost = trial(with).cost - trial(base).cost;
            if (gain > 0)
                candidates.push_back({.layer = name, .gain_per_cost = gain / std::max(cost, 1e-9)});
        }
        std::stable_sort(candidates.begin(), candidates.end(), [](auto const& a, auto const& b) {
            return a.gain_per_cost > b.gain_per_cost;
        });
        return candidates;
    }

    void raise_layers(std::size_t best)
    {
        for (auto const precision : config_.fallbacks) {
            for (auto const& candidate : rank(best, precision)) {
                auto const next = attempt(with_fallback(best, candidate.layer, precision));
                best = better_of(best, next);
                if (trial(best).moved == 0) return;
            }
        }
    }

    void choose()
    {
        auto const& trials = result_.trials;
        for (std::size_t i = 0; i < trials.size(); ++i) {
            bool const meets = trials[i].moved == 0;
            auto const& best = trials[result_.best];
            bool const better = meets ? !result_.met || trials[i].cost < best.cost
                                      : !result_.met && trials[i].excess < best.excess;
            if (better) result_.best = i;
            result_.met = result_.met || meets;
        }
    }
};

}  // namespace

namespace {

double in_errors(double size, double error)
{
    if (!(size > 0)) return 0;
    return error > 0 ? size / error : std::numeric_limits<double>::infinity();
}

}  // namespace

double Criterion::ratio() const
{
    return in_errors(std::abs(shift), error);
}

double Criterion::sure_ratio() const
{
    return in_errors(std::abs(shift) - 2 * noise, error);
}

std::string plan_text(Quantiser::Config const& config)
{
    std::string text(name_of(config.range.method));
    if (config.range.method == RangeMethod::percentile)
        text += fmt::format(" {}", config.range.percentile);
    text += fmt::format(", equalisation {}", config.equalisation);
    text += config.canonical.unit == ActivationUnit::absolute
                ? std::string(", absolute")
                : fmt::format(", energy offset {}", config.canonical.energy_offset);
    if (config.placement == Placement::portable) text += ", portable";
    if (config.rounding == WeightRounding::compensated) text += ", compensated rounding";
    if (!config.correct_means) text += ", means not corrected";
    if (config.float32_storage != graph::ElementType::float32)
        text += ", float32 stored as " + graph::describe(config.float32_storage);
    for (auto const& [layer, fallback] : config.fallbacks)
        text += fmt::format(", {} {}", layer, name_of(fallback.precision));
    return text;
}

Tuner::Tuner(graph::Graph const& network, Quantiser& quantiser, Judge judge, Config config)
    : network_(network), quantiser_(quantiser), judge_(std::move(judge)), config_(std::move(config))
{
    auto const require = [](bool positive, std::string const& what) {
        if (!positive) throw InputError("cannot tune with " + what, "it must be above 0");
    };
    require(config_.tolerance > 0, fmt::format("a tolerance of {} errors", config_.tolerance));
    require(config_.most_trials > 0, "no trials");
    require(config_.most_minutes > 0, fmt::format("{} minutes", config_.most_minutes));
}

Tuner::Result Tuner::run(std::function<void(Trial const&)> const& seen)
{
    return Search(network_, quantiser_, judge_, config_, seen).run();
}

}  // namespace lowcal::quantisation
