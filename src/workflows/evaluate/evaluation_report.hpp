#pragma once

#include "validation/comparison.hpp"
#include "validation/report/pictures.hpp"

#include <filesystem>
#include <vector>

namespace lowcal::workflows {

/// What the pictures of a report show, besides the figures.
struct ReportShowers {
    std::vector<validation::ShowerPair> single;  ///< one for each comparison, at equal energy
    std::vector<validation::ShowerPair> mean;    ///< the mean showers
};

/// Draws every picture as SVG, and the three of the README as PNG too, into `folder`; writes
/// report.html there, which contains them. Without gnuplot the page has the numbers alone. Throws
/// InputError where a file cannot be written.
DrawResult write_report(validation::Evaluation const& evaluation, ReportShowers const& showers,
                        std::filesystem::path const& folder);

}  // namespace lowcal::workflows
