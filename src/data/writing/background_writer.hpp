#pragma once

#include "data/writing/shower_writer.hpp"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>

namespace lowcal::data {

/// Appends blocks to a writer on a thread of its own, in their order, while the next ones are made.
///
/// The writer must outlive it and is used by that thread alone from construction until `finish` or
/// the end of this object's life, and so is HDF5. One thread calls.
class BackgroundWriter {
public:
    struct Config {
        std::size_t most_waiting = 2;  ///< blocks in memory beside the one that is being written
    };
    explicit BackgroundWriter(ShowerWriter& writer) : BackgroundWriter(writer, Config{}) {}
    BackgroundWriter(ShowerWriter& writer, Config config);
    /// Blocks that still wait are not written.
    ~BackgroundWriter();
    BackgroundWriter(BackgroundWriter const&) = delete;
    BackgroundWriter& operator=(BackgroundWriter const&) = delete;

    /// Hands a block over; waits while too many are there. Rethrows what the writer threw.
    void append(ShowerBlock block);
    /// A block that was written, for its memory; an empty one where there is none yet.
    ShowerBlock take_written();
    /// Waits until all is written. Rethrows what the writer threw.
    void finish();

private:
    ShowerWriter& writer_;
    Config config_;
    std::mutex mutex_;
    std::condition_variable wake_;   ///< the thread: there is work
    std::condition_variable taken_;  ///< the caller: there is room
    std::deque<ShowerBlock> waiting_;
    std::deque<ShowerBlock> written_;
    std::exception_ptr error_;
    bool finishing_ = false;  ///< nothing comes any more
    std::thread thread_;      ///< last: it uses all of the above

    void write_all();
};

}  // namespace lowcal::data
