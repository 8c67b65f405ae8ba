// Where Gloo's headers are not installed: trainings by one process alone.

#include "core/error.hpp"
#include "training/parallel/ranks.hpp"

namespace lowcal::training {

std::unique_ptr<Ranks const> join_ranks(RankPlace const&)
{
    throw InputError("this program trains by one process alone",
                     "it was built without Gloo's headers", "install libgloo-dev and build again");
}

}  // namespace lowcal::training
