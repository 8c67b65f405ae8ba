#pragma once

#include "core/gnuplot.hpp"
#include "data/showers.hpp"
#include "validation/comparison.hpp"

#include <filesystem>
#include <string>

namespace lowcal::validation {

// Each function draws one picture (.png or .svg) with gnuplot. Colours are told apart without
// colour vision (Okabe and Ito), and lines by marks and dashes as well. All throw InputError where
// the picture cannot be written.

/// Mean profiles along x, y and z of the reference and all candidates, ratios below; bands and
/// bars are standard errors.
DrawResult draw_profiles(Evaluation const& evaluation, std::filesystem::path const& picture);

/// Sampling fraction against primary energy, with its spread; below, candidates over reference for
/// mean and spread.
DrawResult draw_sampling_fraction(Evaluation const& evaluation,
                                  std::filesystem::path const& picture);

/// An observable's distribution over all energies, and its mean against primary energy, ratios
/// below; nothing to draw where no shower has a value.
DrawResult draw_observable(Evaluation const& evaluation, physics::Observable observable,
                           std::filesystem::path const& picture);

/// Mean cell-energy spectrum, ratios below.
DrawResult draw_spectrum(Evaluation const& evaluation, std::filesystem::path const& picture);

/// Correlations of the layer energies: reference, candidate, difference.
DrawResult draw_correlations(Evaluation const& evaluation, Comparison const& comparison,
                             std::filesystem::path const& picture);

/// One shower of each of two samples.
struct ShowerPair {
    std::string reference_name;
    std::string candidate_name;
    data::ShowerBlock reference;  ///< one shower
    data::ShowerBlock candidate;  ///< one shower
};

/// Two showers side by side: sums along z, y and x, one logarithmic colour scale for all six.
DrawResult draw_shower_pair(ShowerPair const& pair, std::filesystem::path const& picture);

}  // namespace lowcal::validation
