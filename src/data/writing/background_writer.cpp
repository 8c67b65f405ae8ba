#include "data/writing/background_writer.hpp"

#include <utility>

namespace lowcal::data {

BackgroundWriter::BackgroundWriter(ShowerWriter& writer, Config config)
    : writer_(writer), config_(config), thread_([this] { write_all(); })
{
}

BackgroundWriter::~BackgroundWriter()
{
    if (!thread_.joinable()) return;
    {
        std::lock_guard const lock(mutex_);
        waiting_.clear();
        finishing_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

void BackgroundWriter::append(ShowerBlock block)
{
    std::unique_lock lock(mutex_);
    taken_.wait(lock, [&] { return error_ || waiting_.size() < config_.most_waiting; });
    if (error_) std::rethrow_exception(error_);
    waiting_.push_back(std::move(block));
    wake_.notify_one();
}

ShowerBlock BackgroundWriter::take_written()
{
    std::lock_guard const lock(mutex_);
    if (written_.empty()) return {};
    auto block = std::move(written_.front());
    written_.pop_front();
    return block;
}

void BackgroundWriter::finish()
{
    {
        std::lock_guard const lock(mutex_);
        finishing_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) thread_.join();
    if (error_) std::rethrow_exception(error_);
}

void BackgroundWriter::write_all()
{
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [&] { return finishing_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        auto block = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        std::exception_ptr error;
        try {
            writer_.append(block);
        } catch (...) {
            error = std::current_exception();
        }
        lock.lock();
        written_.push_back(std::move(block));
        error_ = error;
        taken_.notify_one();
        if (error_) return;
    }
}

}  // namespace lowcal::data
