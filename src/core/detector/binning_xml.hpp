#pragma once

#include "core/detector/detector.hpp"

#include <string>

namespace lowcal {

/// The cylinder that one of the CaloChallenge's binning XML files describes (Krause et al.,
/// arXiv:2410.21611): a root with an element for each particle (attribute `name`), in it one for
/// each layer, in order: `id` (0, 1, ...), `r_edges` (mm, separated by commas; a single one: no
/// cells) and `n_bin_alpha`. Where all layers are alike with rings of one width the cells are one
/// grid; data sets 2 and 3 are recognised as `calochallenge_2` and `calochallenge_3`.
///
/// `particle` may be empty where there is only one. Of document types nothing is expanded. Throws
/// InputError, which begins with `label`, for text that is no XML, no such particle, and layers
/// that make no sense, which it names.
Detector detector_from_binning(std::string const& text, std::string const& particle,
                               std::string const& label);

}  // namespace lowcal
