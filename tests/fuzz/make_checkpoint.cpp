/// Writes a small checkpoint, the seed of fuzz_checkpoint: make_checkpoint FOLDER.

#include "training/loop/checkpoint.hpp"

#include <torch/torch.h>

#include <cstdio>

namespace {

using namespace lowcal::training;

/// A training of one number.
class SmallTraining : public TrainingRun {
public:
    std::vector<NamedLoss> advance() override { return {}; }
    std::int64_t steps_done() const override { return 3; }
    double epochs_done() const override { return 0.5; }
    TrainingConfig const& config() const override { return config_; }
    std::unique_ptr<Candidate> candidate(std::int64_t) const override { return nullptr; }
    double score(PhysicsFigures const&) const override { return 1.0; }
    void save(torch::serialize::OutputArchive& archive) const override
    {
        archive.write("weights", torch::ones({4}));
    }
    void load(torch::serialize::InputArchive&) override {}

private:
    TrainingConfig config_;
};

}  // namespace

int main(int count, char** arguments)
{
    if (count != 2) return std::fputs("usage: make_checkpoint FOLDER\n", stderr), 2;
    save_checkpoint(arguments[1], SmallTraining(), {.seconds = 12});
    return 0;
}
