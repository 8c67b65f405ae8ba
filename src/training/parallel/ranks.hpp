#pragma once

#include <torch/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace lowcal::training {

/// The processes that train one network together, each on its part of every batch.
///
/// All of them hold the same weights and the same random stream; each draws the whole batch, takes
/// its part of the rows, and what is a mean over the batch is averaged over the ranks: gradients,
/// and the means that are matched. A step is then the same, but for rounding, whatever their
/// number. All ranks make the same calls in the same order. One thread. What a lost rank leaves of
/// a call is an InputError.
class Ranks {
public:
    virtual ~Ranks() = default;

    std::int64_t rank() const { return rank_; }
    std::int64_t size() const { return size_; }
    /// Whether this one writes files and speaks.
    bool is_first() const { return rank_ == 0; }

    /// Replaces numbers by their means over the ranks; all must give tensors of the same shapes.
    /// The same bits at all ranks.
    void average(std::vector<torch::Tensor> const& tensors) const;
    /// The same of numbers.
    std::vector<double> average(std::vector<double> const& numbers) const;
    /// The same of the gradients of parameters that have one.
    void average_gradients(std::vector<torch::Tensor> const& parameters) const;

    /// Begins to average tensors, which are left alone until their means are there, while this
    /// process computes on. What it returns is called once, before these Ranks end: it waits for
    /// the means and puts them. Others may be begun meanwhile. Both throw InputError.
    std::function<void()> start_average(std::vector<torch::Tensor> const& tensors) const;

    /// This rank's rows of a tensor [N, ...], in order; N must be a multiple of the ranks. An
    /// undefined one stays so.
    torch::Tensor part(torch::Tensor const& whole) const;

    /// Throws InputError where a text is not the same at all ranks; `what` says what it is.
    void require_same(std::string const& text, std::string const& what) const;

protected:
    Ranks(std::int64_t rank, std::int64_t size) : rank_(rank), size_(size) {}
    /// Begins to sum one contiguous tensor over the ranks, in place; what it returns waits for the
    /// sum. Both throw InputError.
    virtual std::function<void()> start_sum(torch::Tensor const& numbers) const = 0;

private:
    std::int64_t rank_;
    std::int64_t size_;
};

/// A training by one process.
Ranks const& one_process();

/// Which rank a process is, and where the first of them is met.
struct RankPlace {
    std::int64_t rank = 0;
    std::int64_t size = 1;
    std::string address = "127.0.0.1";  ///< of the machine of rank 0
    int port = 0;
    std::chrono::seconds patience{300};  ///< with those that have not come yet
};

/// What the environment says: RANK and WORLD_SIZE (torchrun), else SLURM_PROCID and
/// SLURM_STEP_NUM_TASKS (srun), OMPI_COMM_WORLD_RANK and OMPI_COMM_WORLD_SIZE, or PMI_RANK and
/// PMI_SIZE (mpirun); MASTER_ADDR and MASTER_PORT. One process where it says nothing. Throws
/// InputError where it makes no sense, or does not say where several processes meet.
RankPlace rank_place_from_environment();

/// Waits for all ranks. Throws InputError where they do not meet in time, and where this program
/// was built without Gloo and there are several.
std::unique_ptr<Ranks const> join_ranks(RankPlace const& place);

}  // namespace lowcal::training
