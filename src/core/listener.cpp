#include "core/listener.hpp"

#include <mutex>
#include <utility>

namespace lowcal {
namespace {

struct Heard {
    std::mutex mutex;
    Listener listener;
};

Heard& heard()
{
    static Heard one;
    return one;
}

}  // namespace

void set_listener(Listener listener)
{
    std::scoped_lock const lock(heard().mutex);
    heard().listener = std::move(listener);
}

std::FILE* progress_stream()
{
    std::scoped_lock const lock(heard().mutex);
    return heard().listener.progress;
}

void remark(RemarkKind kind, std::string const& sentence)
{
    std::scoped_lock const lock(heard().mutex);
    if (heard().listener.remark) heard().listener.remark(kind, sentence);
}

}  // namespace lowcal
