// Ranks by LibTorch's c10d and Gloo, over TCP.

#include "core/error.hpp"
#include "training/parallel/ranks.hpp"

#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include <chrono>
#include <cstdlib>
#include <utility>

namespace lowcal::training {
namespace {

/// Rank 0 looks at the physics while the others wait.
constexpr std::chrono::minutes patience{60};

/// Newer LibTorch meets by libuv unless told otherwise, which distributions build it without.
template <class Options>
void meet_without_libuv(Options& options)
{
    if constexpr (requires { options.useLibUV; }) options.useLibUV = false;
}

class GlooRanks : public Ranks {
public:
    GlooRanks(RankPlace const& place, c10::intrusive_ptr<c10d::ProcessGroupGloo> group)
        : Ranks(place.rank, place.size), group_(std::move(group))
    {
    }

private:
    c10::intrusive_ptr<c10d::ProcessGroupGloo> group_;

    std::function<void()> start_sum(torch::Tensor const& numbers) const override
    {
        c10::intrusive_ptr<c10d::Work> work;
        or_lost([&] {
            std::vector<torch::Tensor> tensors{numbers};
            work = group_->allreduce(tensors);
        });
        return [work] { or_lost([&] { work->wait(); }); };
    }

    template <class Call>
    static void or_lost(Call const& call)
    try {
        call();
    } catch (std::exception const& error) {
        throw InputError(
            "another rank of this training was lost", error.what(),
            "the last checkpoint is kept: go on with --resume, by any number of ranks");
    }
};

/// Says that this rank has come and waits for the others. LibTorch's own wait for workers ends
/// without a word, and Gloo waits as long as for any other call.
void meet(c10d::TCPStore& store, RankPlace const& place)
{
    auto const key_of = [](std::int64_t rank) { return "rank " + std::to_string(rank); };
    store.set(key_of(place.rank), std::vector<std::uint8_t>{1});
    std::vector<std::string> all;
    for (std::int64_t rank = 0; rank < place.size; ++rank) all.push_back(key_of(rank));
    store.wait(all, place.patience);
}

std::shared_ptr<gloo::transport::Device> device_for(RankPlace const& place)
{
    if (auto const* const interface = std::getenv("GLOO_SOCKET_IFNAME"))
        return c10d::ProcessGroupGloo::createDeviceForInterface(interface);
    if (place.address == "127.0.0.1" || place.address == "localhost")
        return c10d::ProcessGroupGloo::createDeviceForHostname("127.0.0.1");
    return c10d::ProcessGroupGloo::createDefaultDevice();
}

}  // namespace

std::unique_ptr<Ranks const> join_ranks(RankPlace const& place)
try {
    c10d::TCPStoreOptions meeting;
    meeting.port = static_cast<std::uint16_t>(place.port);
    meeting.isServer = place.rank == 0;
    meeting.waitWorkers = false;
    meeting.timeout = place.patience;
    meet_without_libuv(meeting);
    auto store = c10::make_intrusive<c10d::TCPStore>(place.address, meeting);
    meet(*store, place);
    auto options = c10d::ProcessGroupGloo::Options::create(patience);
    options->devices.push_back(device_for(place));
    return std::make_unique<GlooRanks>(
        place, c10::make_intrusive<c10d::ProcessGroupGloo>(store, static_cast<int>(place.rank),
                                                           static_cast<int>(place.size), options));
} catch (std::exception const& error) {
    throw InputError("the ranks of this training do not meet at " + place.address + ":" +
                         std::to_string(place.port) + " within " +
                         std::to_string(place.patience.count()) + " s",
                     error.what(),
                     "all " + std::to_string(place.size) +
                         " must be started, with the same MASTER_ADDR and MASTER_PORT");
}

}  // namespace lowcal::training
