#include "cli/generate_candidate.hpp"

#include "core/error.hpp"

namespace lowcal::cli {

void generate_candidate(CandidateModel const& model, std::span<float const> /*energies*/,
                        std::function<void(data::ShowerBlock const&)> const& /*take*/)
{
    throw InputError(model.onnx.string() + ": cannot generate showers",
                     "this build has no shower generator",
                     "give a shower file (HDF5) as the candidate");
}

}  // namespace lowcal::cli
