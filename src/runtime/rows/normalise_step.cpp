#include "runtime/rows/row_steps.hpp"

#include <algorithm>
#include <cmath>

namespace lowcal::runtime {
namespace {

/// Sums of every eighth number, which do not wait for one another, and of these.
template <class Term>
double sum_in_parts(float const* numbers, std::size_t count, Term term)
{
    constexpr std::size_t parts = 8;
    double sums[parts] = {};
    std::size_t i = 0;
    for (; i + parts <= count; i += parts)
        for (std::size_t part = 0; part < parts; ++part)
            sums[part] += term(static_cast<double>(numbers[i + part]));
    for (; i < count; ++i) sums[i % parts] += term(static_cast<double>(numbers[i]));
    double sum = 0;
    for (double const part : sums) sum += part;
    return sum;
}

/// What a row is normalised by.
struct Spread {
    float centre;
    float factor;
};

Spread spread_of(double sum_of_squares, double mean, std::size_t count, float epsilon)
{
    double const variance = sum_of_squares / static_cast<double>(count);
    return {.centre = static_cast<float>(mean),
            .factor = static_cast<float>(1.0 / std::sqrt(variance + static_cast<double>(epsilon)))};
}

class BoundNormalise : public BoundStep {
public:
    BoundNormalise(NormaliseStep::Config const& config, Workspace const& workspace)
        : config_(config),
          workspace_(workspace),
          rows_(elements(config.source.shape) / config.length)
    {
    }
    void run() override
    {
        auto const* source = workspace_.floats(config_.source.buffer);
        auto* result = workspace_.floats(config_.result.buffer);
        for (std::size_t row = 0; row < rows_; ++row) {
            normalise(source, result, row);
            source += config_.length;
            result += config_.length;
        }
    }

private:
    NormaliseStep::Config const& config_;
    Workspace const& workspace_;
    std::size_t rows_;

    void normalise(float const* source, float* result, std::size_t row) const
    {
        auto const length = config_.length;
        double const sum = sum_in_parts(source, length, [](double x) { return x; });
        double const mean = sum / static_cast<double>(length);
        double const squares =
            sum_in_parts(source, length, [mean](double x) { return (x - mean) * (x - mean); });
        auto const [centre, factor] = spread_of(squares, mean, length, config_.epsilon);
        if (config_.by_row) {
            auto const own = row % config_.scales.size();
            auto const scale = config_.scales[own], shift = config_.shifts[own];
            for (std::size_t i = 0; i < length; ++i)
                result[i] = (source[i] - centre) * factor * scale + shift;
            return;
        }
        for (std::size_t i = 0; i < length; ++i)
            result[i] = (source[i] - centre) * factor * config_.scales[i] + config_.shifts[i];
    }
};

/// Of images whose channels come last: all channels of a place at once.
class BoundNormaliseChannels : public BoundStep {
public:
    BoundNormaliseChannels(NormaliseStep::Config const& config, Workspace const& workspace)
        : config_(config),
          workspace_(workspace),
          channels_(config.scales.size()),
          sums_(channels_),
          squares_(channels_),
          centres_(channels_),
          factors_(channels_)
    {
    }
    void run() override
    {
        auto const image = config_.length * channels_;
        auto const count = elements(config_.source.shape) / image;
        for (std::size_t n = 0; n < count; ++n)
            normalise(workspace_.floats(config_.source.buffer) + n * image,
                      workspace_.floats(config_.result.buffer) + n * image);
    }

private:
    NormaliseStep::Config const& config_;
    Workspace const& workspace_;
    std::size_t channels_;
    std::vector<double> sums_, squares_;
    std::vector<float> centres_, factors_;

    void normalise(float const* source, float* result)
    {
        std::fill(sums_.begin(), sums_.end(), 0.0);
        std::fill(squares_.begin(), squares_.end(), 0.0);
        auto const numbers = config_.length * channels_;
        for (auto const* place = source; place != source + numbers; place += channels_)
            for (std::size_t c = 0; c < channels_; ++c) sums_[c] += static_cast<double>(place[c]);
        for (auto& sum : sums_) sum /= static_cast<double>(config_.length);
        for (auto const* place = source; place != source + numbers; place += channels_)
            for (std::size_t c = 0; c < channels_; ++c) {
                double const centred = static_cast<double>(place[c]) - sums_[c];
                squares_[c] += centred * centred;
            }
        for (std::size_t c = 0; c < channels_; ++c) {
            auto const spread = spread_of(squares_[c], sums_[c], config_.length, config_.epsilon);
            centres_[c] = spread.centre;
            factors_[c] = spread.factor;
        }
        for (std::size_t i = 0; i < numbers; i += channels_)
            for (std::size_t c = 0; c < channels_; ++c)
                result[i + c] = (source[i + c] - centres_[c]) * factors_[c] * config_.scales[c] +
                                config_.shifts[c];
    }
};

}  // namespace

std::unique_ptr<BoundStep> NormaliseStep::bind(Workspace const& workspace) const
{
    if (!same_memory(config_.source.shape, config_.source.order,
                     row_major(config_.source.shape.size())))
        return std::make_unique<BoundNormaliseChannels>(config_, workspace);
    return std::make_unique<BoundNormalise>(config_, workspace);
}

}  // namespace lowcal::runtime
