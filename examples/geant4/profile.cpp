#include "profile.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

void Profile::add(std::vector<double> const& layers)
{
    ++events_;
    sums_.resize(layers.size());
    squares_.resize(layers.size());
    for (std::size_t i = 0; i < layers.size(); ++i) {
        sums_[i] += layers[i];
        squares_[i] += layers[i] * layers[i];
    }
}

std::vector<double> Profile::percent() const
{
    auto const all = std::accumulate(sums_.begin(), sums_.end(), 0.0);
    auto result = sums_;
    for (auto& layer : result) layer *= 100 / all;
    return result;
}

std::vector<double> Profile::error() const
{
    auto const all = std::accumulate(sums_.begin(), sums_.end(), 0.0);
    auto const events = static_cast<double>(events_);
    std::vector<double> result;
    for (std::size_t i = 0; i < sums_.size(); ++i) {
        auto const spread = std::max(0.0, squares_[i] - sums_[i] * sums_[i] / events);
        auto const of_sum = events_ > 1 ? std::sqrt(spread * events / (events - 1)) : 0;
        result.push_back(100 * of_sum / all);
    }
    return result;
}

void Profile::write(std::FILE* file, char const* title) const
{
    auto const means = percent();
    auto const errors = error();
    std::fprintf(file, "# %s\n", title);
    for (std::size_t i = 0; i < means.size(); ++i)
        std::fprintf(file, "%zu %.6g %.3g\n", i, means[i], errors[i]);
    std::fprintf(file, "\n\n");
}
