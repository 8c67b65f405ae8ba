#include "core/processes/worker_pool.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <string>
#include <system_error>

namespace lowcal {

WorkerPool::WorkerPool(int threads)
{
    if (threads < 1 || threads > most_threads)
        throw InputError("cannot work with " + std::to_string(threads) + " threads",
                         "1 to " + std::to_string(most_threads) + " are supported",
                         "more threads than the machine has cores make nothing faster");
    try {
        for (int index = 1; index < threads; ++index)
            workers_.emplace_back([this, index] { serve(index); });
    } catch (std::system_error const& error) {
        auto const started = std::to_string(workers_.size() + 1);
        close();
        throw InputError("cannot start " + std::to_string(threads) + " threads",
                         "the system stops at " + started + ": " + error.what(),
                         "ask for fewer threads");
    }
}

WorkerPool::~WorkerPool()
{
    close();
}

void WorkerPool::close()
{
    {
        std::lock_guard const lock(mutex_);
        closing_ = true;
    }
    wake_.notify_all();
    for (auto& worker : workers_) worker.join();
    workers_.clear();
}

void WorkerPool::call(std::function<void(int)> const& work, int index)
{
    try {
        work(index);
    } catch (...) {
        std::lock_guard const lock(mutex_);
        if (!error_) error_ = std::current_exception();
    }
}

void WorkerPool::run(std::function<void(int)> const& work)
{
    std::lock_guard const one(one_run_);
    {
        std::lock_guard const lock(mutex_);
        work_ = &work;
        running_ = static_cast<int>(workers_.size());
        error_ = nullptr;
        ++generation_;
    }
    wake_.notify_all();
    call(work, 0);
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return running_ == 0; });
    work_ = nullptr;
    if (error_) std::rethrow_exception(error_);
}

void WorkerPool::serve(int index)
{
    unsigned long seen = 0;
    for (;;) {
        std::function<void(int)> const* work = nullptr;
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [&] { return closing_ || generation_ != seen; });
            if (closing_) return;
            seen = generation_;
            work = work_;
        }
        call(*work, index);
        {
            std::lock_guard const lock(mutex_);
            --running_;
        }
        done_.notify_one();
    }
}

int thread_count(int asked)
{
    return asked > 0 ? asked : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace lowcal
