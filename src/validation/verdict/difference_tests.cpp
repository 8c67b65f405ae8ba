#include "validation/verdict/difference_tests.hpp"

#include "core/processes/worker_pool.hpp"
#include "validation/verdict/significance.hpp"

#include <algorithm>
#include <span>

namespace lowcal::validation {
namespace {

/// Statistics of all dealings, [test][1 + permutations]; the first are those of the true labels.
std::vector<std::vector<float>> all_statistics(PooledSample const& pool, TestBattery const& battery,
                                               TestConfig const& config)
{
    auto const columns = config.permutations + 1;
    std::vector<std::vector<float>> statistics(battery.tests().size(), std::vector<float>(columns));
    WorkerPool workers(config.threads);
    workers.run([&](int worker) {
        Labels labels = pool.labels;
        auto workspace = battery.workspace();
        std::vector<float> row(battery.tests().size());
        for (auto i = static_cast<std::size_t>(worker); i < columns;
             i += static_cast<std::size_t>(config.threads)) {
            if (i > 0) permute_labels(pool, config.seed, i, labels);
            battery(labels, workspace, row);
            for (std::size_t test = 0; test < row.size(); ++test) statistics[test][i] = row[test];
            if (worker == 0 && config.progress) config.progress(i);
        }
    });
    return statistics;
}

bool is_in_sigmas(Aspect aspect)
{
    return aspect != Aspect::bins && aspect != Aspect::correlation && aspect != Aspect::neighbours;
}

/// Statistics become significances by their own null distribution.
void make_sigmas(std::vector<float>& statistics, Aspect aspect)
{
    if (is_in_sigmas(aspect)) return;
    NullTail const tail(std::span<float const>(statistics).subspan(1));
    for (float& value : statistics)
        value = static_cast<float>(tail.sigmas(static_cast<double>(value)));
}

/// The largest significance of each dealing, ascending.
std::vector<float> largest(std::vector<std::vector<float>> const& sigmas)
{
    std::vector<float> most(sigmas.empty() ? 0 : sigmas.front().size(), 0.0F);
    for (auto const& test : sigmas)
        for (std::size_t i = 0; i < test.size(); ++i) most[i] = std::max(most[i], test[i]);
    if (!most.empty()) most.erase(most.begin());
    std::ranges::sort(most);
    return most;
}

}  // namespace

TestResults test_differences(PooledSample const& pool, Residuals const& residuals,
                             Neighbours const& neighbours, physics::ObservableSet const& set,
                             TestConfig const& config)
{
    TestBattery const battery(pool, residuals, neighbours, set);
    auto sigmas = all_statistics(pool, battery, config);
    for (std::size_t i = 0; i < sigmas.size(); ++i)
        make_sigmas(sigmas[i], battery.tests()[i].aspect);
    auto const null = largest(sigmas);
    TestResults results;
    results.level = config.level;
    for (std::size_t i = 0; i < sigmas.size(); ++i) {
        float const value = sigmas[i].front();
        auto const above = null.end() - std::ranges::lower_bound(null, value);
        results.results.push_back({.test = battery.tests()[i],
                                   .sigmas = static_cast<double>(value),
                                   .adjusted_probability = static_cast<double>(1 + above) /
                                                           static_cast<double>(1 + null.size())});
    }
    if (null.empty()) return results;
    auto const allowed =
        static_cast<std::size_t>(config.level * static_cast<double>(null.size() + 1));
    results.threshold = static_cast<double>(null[null.size() - std::max<std::size_t>(allowed, 1)]);
    return results;
}

}  // namespace lowcal::validation
