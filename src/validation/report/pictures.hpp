#pragma once

#include "core/processes/gnuplot.hpp"
#include "data/showers.hpp"
#include "validation/comparison.hpp"
#include "validation/report/picture_style.hpp"

#include <filesystem>
#include <string>

namespace lowcal::validation {

// Each function draws one picture (.png or .svg) with gnuplot. Colours are told apart without
// colour vision (Okabe and Ito), and lines by marks and dashes as well. All throw InputError where
// the picture cannot be written. Pictures of several samples have a legend of their own or are part
// of a report, whose legend they share.

/// Mean profiles along the three axes of the reference and all candidates, ratios below; bands and
/// bars are standard errors.
DrawResult draw_profiles(Evaluation const& evaluation, std::filesystem::path const& picture,
                         Legend legend = Legend::own);

/// Sampling fraction against primary energy, with its spread; below, candidates over reference for
/// mean and spread. Nothing to draw where the detector has no energy bins.
DrawResult draw_sampling_fraction(Evaluation const& evaluation,
                                  std::filesystem::path const& picture,
                                  Legend legend = Legend::own);

/// An observable's distribution over all energies, and its mean against primary energy, ratios
/// below; nothing to draw where no shower has a value.
DrawResult draw_observable(Evaluation const& evaluation, std::size_t observable,
                           std::filesystem::path const& picture, Legend legend = Legend::own);

/// Means of each layer's numbers: energy, centre and width in both transverse directions, share of
/// hit cells.
DrawResult draw_layers(Evaluation const& evaluation, std::filesystem::path const& picture,
                       Legend legend = Legend::own);

/// Mean cell-energy spectrum, ratios below.
DrawResult draw_spectrum(Evaluation const& evaluation, std::filesystem::path const& picture,
                         Legend legend = Legend::own);

/// Correlations of the layer energies: reference, candidate, difference; nothing to draw for one
/// layer.
DrawResult draw_correlations(Evaluation const& evaluation, Comparison const& comparison,
                             std::filesystem::path const& picture);

/// One shower of each of two samples.
struct ShowerPair {
    Detector detector;
    std::string reference_name;
    std::string candidate_name;
    data::ShowerBlock reference{};  ///< one shower
    data::ShowerBlock candidate{};  ///< one shower
};

/// Two showers side by side: sums along depth and the transverse axes (a cylinder is unrolled), one
/// logarithmic colour scale for all six.
DrawResult draw_shower_pair(ShowerPair const& pair, std::filesystem::path const& picture);

}  // namespace lowcal::validation
