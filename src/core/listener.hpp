#pragma once

#include <cstdio>
#include <functional>
#include <string>

namespace lowcal {

enum class RemarkKind {
    note,    ///< of how the work is done
    warning  ///< of what may be wrong with its results
};

/// What a program wants to hear while long work is done, besides its results. The commands listen
/// on standard error; until a program calls `set_listener`, the libraries say nothing.
struct Listener {
    std::FILE* progress = nullptr;  ///< where Progress is shown; null: nowhere. Stays open
    /// Takes remarks of one sentence each, which may quote names from files as they are; may be
    /// called from any thread that works, one call at a time. Empty: nobody does.
    std::function<void(RemarkKind kind, std::string const& sentence)> remark{};
};

/// For the whole process, from here on; any thread. A remark must not call it.
void set_listener(Listener listener);

/// For those who work: where progress goes, and a remark.
std::FILE* progress_stream();
void remark(RemarkKind kind, std::string const& sentence);

}  // namespace lowcal
