#pragma once

#include <cstddef>
#include <filesystem>

namespace lowcal {

/// While this object lives, a signal that ends the program removes the file or the empty folder at
/// `path` first, once `remove_temporaries_on_signals` was called. Threads may make and drop such
/// objects at a time. Paths of 4 kB and more, and those beyond the first 256 at a time, are left.
class RemovedOnSignal {
public:
    explicit RemovedOnSignal(std::filesystem::path const& path);
    ~RemovedOnSignal();
    RemovedOnSignal(RemovedOnSignal const&) = delete;
    RemovedOnSignal& operator=(RemovedOnSignal const&) = delete;

private:
    std::size_t slot_;
};

/// From now on HUP, INT, QUIT, PIPE, ALRM, TERM, USR1, USR2 and XCPU remove the temporary files of
/// this process and then end it as they would have (a shell sees 128 + the signal's number); those
/// that are ignored, as under nohup, stay ignored. A write beyond the limit of a file's size
/// becomes an error (EFBIG) in place of a signal (XFSZ). For programs: call it once, at the start.
void remove_temporaries_on_signals();

/// Gives all signals their default meaning back, also those whose handlers are not ours: for a
/// child process that is not another program.
void restore_default_signals();

}  // namespace lowcal
