#include "core/processes/signal_cleanup.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <unistd.h>

namespace lowcal {
namespace {

constexpr std::size_t most_paths = 256;
constexpr std::size_t longest_path = 4096;
constexpr std::size_t no_slot = most_paths;
constexpr std::array ending_signals{SIGHUP,  SIGINT,  SIGQUIT, SIGPIPE, SIGALRM,
                                    SIGTERM, SIGUSR1, SIGUSR2, SIGXCPU};

enum class SlotState : int { empty, changing, used };

/// A signal handler may neither allocate nor lock: paths stand in memory of fixed size.
struct Slot {
    std::atomic<SlotState> state{SlotState::empty};
    pid_t owner = 0;  ///< a forked child removes nothing of its parent's
    char path[longest_path] = "";
};
static_assert(std::atomic<SlotState>::is_always_lock_free);

std::array<Slot, most_paths> slots;

/// Files first: a folder must be empty.
void remove_all()
{
    auto const process = ::getpid();
    for (auto* const remove : {::unlink, ::rmdir})
        for (auto const& slot : slots)
            if (slot.state.load() == SlotState::used && slot.owner == process) remove(slot.path);
}

/// The signal's meaning is the default again and it is not blocked (SA_RESETHAND, SA_NODEFER).
void remove_and_end(int signal)
{
    int const kept = errno;
    remove_all();
    ::raise(signal);
    errno = kept;
}

void handle(int signal)
{
    struct sigaction before {};
    if (::sigaction(signal, nullptr, &before) != 0 || before.sa_handler == SIG_IGN) return;
    struct sigaction action {};
    action.sa_handler = remove_and_end;
    ::sigemptyset(&action.sa_mask);
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER);
    ::sigaction(signal, &action, nullptr);
}

std::size_t take_slot()
{
    for (std::size_t i = 0; i < slots.size(); ++i) {
        auto expected = SlotState::empty;
        if (slots[i].state.compare_exchange_strong(expected, SlotState::changing)) return i;
    }
    return no_slot;
}

}  // namespace

RemovedOnSignal::RemovedOnSignal(std::filesystem::path const& path) : slot_(no_slot)
{
    auto const text = std::filesystem::absolute(path).string();
    if (text.size() >= longest_path) return;
    slot_ = take_slot();
    if (slot_ == no_slot) return;
    slots[slot_].owner = ::getpid();
    std::memcpy(slots[slot_].path, text.c_str(), text.size() + 1);
    slots[slot_].state = SlotState::used;
}

RemovedOnSignal::~RemovedOnSignal()
{
    if (slot_ != no_slot) slots[slot_].state = SlotState::empty;
}

void remove_temporaries_on_signals()
{
    for (int const signal : ending_signals) handle(signal);
    std::signal(SIGXFSZ, SIG_IGN);
}

void restore_default_signals()
{
    for (int signal = 1; signal < NSIG; ++signal) std::signal(signal, SIG_DFL);
}

}  // namespace lowcal
