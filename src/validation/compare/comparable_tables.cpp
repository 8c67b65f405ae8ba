#include "validation/compare/comparable_tables.hpp"

#include "core/error.hpp"

namespace lowcal::validation {

void require_comparable(physics::ShowerTable const& reference,
                        physics::ShowerTable const& candidate, std::string const& candidate_name)
{
    if (reference.shared_set() == candidate.shared_set()) return;
    auto const difference = candidate.set().difference(reference.set());
    if (!difference.empty())
        throw InputError(candidate_name + " is of another detector than the reference", difference);
}

}  // namespace lowcal::validation
