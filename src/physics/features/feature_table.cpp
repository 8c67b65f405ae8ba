#include "physics/features/feature_table.hpp"

#include "core/error.hpp"

#include <utility>

namespace lowcal::physics {

FeatureTable::FeatureTable(std::shared_ptr<FeatureSet const> set, std::size_t most)
    : set_(std::move(set)), most_(most), features_(set_)
{
}

void FeatureTable::add(data::ShowerBlock const& block)
{
    if (block.cells.size() != block.count() * set_->detector().cells())
        throw InputError(
            "showers of " + std::to_string(block.cells_per_shower()) + " cells do not fit",
            "the detector has " + cells_text(set_->detector()));
    for (std::size_t i = 0; i < block.count() && !is_full(); ++i) {
        rows_.resize(rows_.size() + set_->count());
        features_(block, i, std::span(rows_).last(set_->count()));
        primary_energy_.push_back(block.primary_energy[i]);
    }
}

}  // namespace lowcal::physics
