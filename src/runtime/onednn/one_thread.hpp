#pragma once

namespace lowcal::runtime {

/// While it lives, oneDNN calls of this thread use this thread alone (and plan for one thread).
/// Restores OpenMP's setting afterwards.
class OneThread {
public:
    OneThread();
    ~OneThread();
    OneThread(OneThread const&) = delete;
    OneThread& operator=(OneThread const&) = delete;

private:
    int before_;
};

}  // namespace lowcal::runtime
