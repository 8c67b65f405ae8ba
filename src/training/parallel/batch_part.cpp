#include "training/parallel/batch_part.hpp"

#include "core/error.hpp"
#include "training/lean/lean_critic.hpp"

#include <string>

namespace lowcal::training {

Batch part_of(Batch const& whole, Ranks const& ranks)
{
    return {.images = ranks.part(whole.images),
            .energy = ranks.part(whole.energy),
            .entry = ranks.part(whole.entry),
            .conditions = ranks.part(whole.conditions)};
}

void require_shares(std::int64_t batch, Ranks const& ranks)
{
    if (batch % ranks.size() != 0)
        throw InputError("a batch of " + std::to_string(batch) + " showers cannot be shared by " +
                             std::to_string(ranks.size()) + " ranks",
                         "choose a number of ranks that divides it");
}

void require_groups(std::int64_t batch, Ranks const& ranks)
{
    auto const step = LeanCriticImpl::group * ranks.size();
    if (batch % step != 0)
        throw InputError("--batch " + std::to_string(batch) + " does not suit the recipe",
                         "its critic compares showers in groups of four",
                         "choose a multiple of " + std::to_string(step));
}

}  // namespace lowcal::training
