#include "validation/judge/reference_features.hpp"

#include <utility>

namespace lowcal::validation {
namespace {

std::shared_ptr<physics::FeatureSet const> set_of(
    std::shared_ptr<physics::ObservableSet const> observables, data::ShowerBlock const& showers)
{
    return std::make_shared<physics::FeatureSet const>(std::move(observables), showers);
}

}  // namespace

ReferenceFeatures::ReferenceFeatures(std::shared_ptr<physics::ObservableSet const> observables,
                                     data::ShowerBlock const& first_showers, Config config)
    : features_(set_of(std::move(observables), first_showers), config.most_showers),
      worsened_(worsenings.size(),
                physics::FeatureTable(features_.shared_set(), config.most_showers / 2)),
      worsen_(features_.set().detector(), first_showers, config.seed)
{
}

void ReferenceFeatures::add(data::ShowerBlock const& block)
{
    auto const before = features_.count();
    features_.add(block);
    for (auto shower = before | 1U; shower < features_.count(); shower += 2)
        add_worsened(block, shower - before, shower);
}

void ReferenceFeatures::add_worsened(data::ShowerBlock const& block, std::size_t index,
                                     std::size_t shower)
{
    auto copy = data::without_cells(block, index, 1);
    auto const cells = block.shower(index);
    for (auto const how : worsenings) {
        copy.cells.assign(cells.begin(), cells.end());
        worsen_(how, copy.cells, copy.primary_energy[0], shower);
        worsened_[static_cast<std::size_t>(how)].add(copy);
    }
}

}  // namespace lowcal::validation
