#pragma once

#include "core/detector/detector.hpp"
#include "data/showers.hpp"

#include <filesystem>
#include <map>
#include <string>

namespace lowcal::physics {

/// Mean of an observable over some showers, and the statistical error of that mean.
struct Figure {
    double mean = 0;
    double error = 0;
};

/// By the observable's key (physics/observable_set.hpp).
using Figures = std::map<std::string, Figure>;

/// The observables of some showers; those without energy have no moments and do not count there.
Figures figures_of(data::ShowerBlock const& showers, Detector const& detector);

struct ReferenceShowers {
    Detector detector;
    data::ShowerBlock showers;
};

/// Showers of a shipped network, one seed: energies of the first showers of data/validation.h5
/// where it makes such showers, else some over its range.
ReferenceShowers reference_showers(std::filesystem::path const& network);

/// The networks that come with the repository.
std::vector<std::filesystem::path> shipped_networks();

/// tests/physics/drift.json: the figures of each shipped network when it was shipped.
std::filesystem::path recorded_file();

}  // namespace lowcal::physics
