#include "physics/shape_mse.hpp"

#include "core/sample_moments.hpp"

namespace lowcal::physics {
namespace {

double scaled_difference(Profiles const& candidate, Profiles const& reference,
                         ProfileAxis const& axis)
{
    auto const bins = static_cast<double>(axis.bins);
    double content = 0;
    double squares = 0;
    for (std::size_t bin = axis.first; bin < axis.first + axis.bins; ++bin) {
        double const difference = candidate[bin] - reference[bin];
        content += reference[bin];
        squares += difference * difference;
    }
    double const mean_content = content / bins;
    if (!(mean_content > 0)) return not_known;
    return squares / bins / (mean_content * mean_content);
}

}  // namespace

double shape_mse(Profiles const& candidate, Profiles const& reference,
                 std::span<ProfileAxis const> axes)
{
    double total = 0;
    for (auto const& axis : axes)
        total += static_cast<double>(axis.bins) * scaled_difference(candidate, reference, axis);
    return total / static_cast<double>(reference.size());
}

}  // namespace lowcal::physics
