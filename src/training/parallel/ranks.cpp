#include "training/parallel/ranks.hpp"

#include "core/error.hpp"
#include "core/number_text.hpp"

#include <torch/torch.h>

#include <array>
#include <cassert>
#include <cstdlib>
#include <functional>

namespace lowcal::training {
namespace {

class OneProcess : public Ranks {
public:
    OneProcess() : Ranks(0, 1) {}

private:
    std::function<void()> start_sum(torch::Tensor const&) const override
    {
        return [] {};
    }
};

std::string variable(std::string const& name)
{
    auto const* const value = std::getenv(name.c_str());
    return value == nullptr ? "" : value;
}

std::int64_t number(std::string const& name, std::int64_t least, std::int64_t most)
{
    auto const text = variable(name);
    auto const value = parse_number<std::int64_t>(text);
    if (!value || *value < least || *value > most)
        throw InputError("the environment's " + name + " is '" + text + "'",
                         "expected a whole number from " + std::to_string(least) + " to " +
                             std::to_string(most));
    return *value;
}

constexpr std::array<std::array<char const*, 2>, 4> starters{
    {{"RANK", "WORLD_SIZE"},
     {"SLURM_PROCID", "SLURM_STEP_NUM_TASKS"},
     {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"},
     {"PMI_RANK", "PMI_SIZE"}}};
constexpr std::int64_t most_ranks = 4096;
constexpr std::int64_t highest_port = 65535;

}  // namespace

Ranks const& one_process()
{
    static OneProcess const one;
    return one;
}

void Ranks::average(std::vector<torch::Tensor> const& tensors) const
{
    start_average(tensors)();
}

std::function<void()> Ranks::start_average(std::vector<torch::Tensor> const& tensors) const
{
    if (size_ == 1 || tensors.empty()) return [] {};
    torch::NoGradGuard const no_gradient;
    std::vector<torch::Tensor> flat;
    for (auto const& tensor : tensors) flat.push_back(tensor.reshape({-1}));
    auto const all = torch::cat(flat);
    return [this, all, tensors, wait = start_sum(all)] {
        torch::NoGradGuard const none_either;
        wait();
        all.div_(static_cast<double>(size_));
        std::int64_t at = 0;
        for (auto const& tensor : tensors) {
            tensor.copy_(all.slice(0, at, at + tensor.numel()).view(tensor.sizes()));
            at += tensor.numel();
        }
    };
}

std::vector<double> Ranks::average(std::vector<double> const& numbers) const
{
    if (size_ == 1) return numbers;
    auto const all = torch::tensor(numbers, torch::kFloat64);
    average(std::vector{all});
    auto const* const first = all.data_ptr<double>();
    return {first, first + numbers.size()};
}

void Ranks::average_gradients(std::vector<torch::Tensor> const& parameters) const
{
    if (size_ == 1) return;
    std::vector<torch::Tensor> gradients;
    for (auto const& parameter : parameters)
        if (parameter.grad().defined()) gradients.push_back(parameter.grad());
    average(gradients);
}

torch::Tensor Ranks::part(torch::Tensor const& whole) const
{
    if (size_ == 1 || !whole.defined()) return whole;
    assert(whole.size(0) % size_ == 0);
    auto const rows = whole.size(0) / size_;
    return whole.slice(0, rank_ * rows, (rank_ + 1) * rows);
}

void Ranks::require_same(std::string const& text, std::string const& what) const
{
    auto const hash = std::hash<std::string>{}(text);
    std::vector<double> numbers;  // small whole ones, whose sums are exact
    for (unsigned shift = 0; shift < 64; shift += 16) {
        auto const piece = static_cast<double>((hash >> shift) & 0xffffU);
        numbers.insert(numbers.end(), {piece, piece * piece});
    }
    auto const means = average(numbers);
    for (std::size_t i = 0; i < means.size(); i += 2)
        if (means[i] * means[i] != means[i + 1])
            throw InputError("the ranks of this training disagree about " + what,
                             "all must get the same options and files");
}

RankPlace rank_place_from_environment()
{
    RankPlace place;
    for (auto const& [rank, size] : starters) {
        if (variable(rank).empty() || variable(size).empty()) continue;
        place.size = number(size, 1, most_ranks);
        place.rank = number(rank, 0, place.size - 1);
        break;
    }
    if (place.size == 1) return place;
    if (variable("MASTER_PORT").empty())
        throw InputError("this is one of " + std::to_string(place.size) + " ranks",
                         "the environment does not say where they meet",
                         "set MASTER_PORT, a free port, and MASTER_ADDR, the machine of rank 0");
    place.port = static_cast<int>(number("MASTER_PORT", 1, highest_port));
    if (auto const address = variable("MASTER_ADDR"); !address.empty()) place.address = address;
    return place;
}

}  // namespace lowcal::training
