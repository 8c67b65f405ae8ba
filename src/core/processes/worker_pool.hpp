#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace lowcal {

/// Threads that wait for work, so that a call starts none. One `run` at a time; others wait.
class WorkerPool {
public:
    /// Far more than the cores of any one machine; each takes memory for its stack and its work.
    static constexpr int most_threads = 1024;

    /// `threads` in all; the caller of `run` is one of them. Throws InputError if they are not 1 to
    /// most_threads or the system does not start them.
    explicit WorkerPool(int threads);
    ~WorkerPool();
    WorkerPool(WorkerPool const&) = delete;
    WorkerPool& operator=(WorkerPool const&) = delete;

    /// Calls work(i) for i in [0, threads) on as many threads and waits for all; rethrows the first
    /// exception. `work` must stay valid until then.
    void run(std::function<void(int)> const& work);
    int threads() const { return static_cast<int>(workers_.size()) + 1; }

private:
    std::mutex one_run_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::condition_variable done_;
    std::vector<std::thread> workers_;
    std::function<void(int)> const* work_ = nullptr;
    unsigned long generation_ = 0;
    int running_ = 0;
    bool closing_ = false;
    std::exception_ptr error_;

    void serve(int index);
    void close();
    void call(std::function<void(int)> const& work, int index);
};

/// `asked`, or as many threads as the machine runs at once where that is 0.
int thread_count(int asked);

}  // namespace lowcal
