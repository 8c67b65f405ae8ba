#pragma once

#include "core/detector/detector.hpp"
#include "data/layouts/layout.hpp"
#include "data/showers.hpp"
#include "data/writing/data_set_writer.hpp"

#include <memory>
#include <span>
#include <vector>

namespace lowcal::data {

/// How a layout writes cells and primary energies. Only for .cpp files of this module.
class WrittenShowers {
public:
    virtual ~WrittenShowers() = default;

    /// Name, shape of a row and unit of the data sets.
    virtual DataSetWriter::Config cells() const = 0;
    virtual DataSetWriter::Config energies() const = 0;
    /// Whether rows of `cells` are showers as they are in memory, so that `pack` need not be
    /// called.
    virtual bool keeps_cells() const { return false; }
    /// One shower in the detector's order, GeV, to a row.
    virtual void pack(std::span<float const> shower, std::span<float> row) const = 0;
    /// Appends the rows of `energies`.
    virtual void pack_energies(ShowerBlock const& block, std::vector<float>& rows) const = 0;
    /// Whether `energies` have the PDG codes, too.
    virtual bool has_pdg_codes() const { return false; }
};

/// Throws InputError where the layout cannot hold this detector's showers.
std::unique_ptr<WrittenShowers> write_showers(Layout layout, Detector const& detector);

}  // namespace lowcal::data
