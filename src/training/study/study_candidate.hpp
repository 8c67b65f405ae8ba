#pragma once

#include "training/loop/checkpoint.hpp"

#include <torch/types.h>

namespace lowcal::training {

/// A generator of the study with its normalisation averages, as it would be exported.
class StudyCandidate : public Candidate {
public:
    StudyCandidate(StoredGenerator stored, torch::Device device);
    torch::Tensor showers(Primary const& primary) override;
    void save(std::filesystem::path const& file, std::string const& provenance) override;

private:
    StoredGenerator stored_;
    torch::Device device_;
};

}  // namespace lowcal::training
