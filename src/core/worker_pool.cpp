#include "core/worker_pool.hpp"

namespace lowcal {

WorkerPool::WorkerPool(int threads)
{
    for (int index = 1; index < threads; ++index)
        workers_.emplace_back([this, index] { serve(index); });
}

WorkerPool::~WorkerPool()
{
    {
        std::lock_guard const lock(mutex_);
        closing_ = true;
    }
    wake_.notify_all();
    for (auto& worker : workers_) worker.join();
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

}  // namespace lowcal
