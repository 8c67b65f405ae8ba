#pragma once

#include <cstdint>
#include <string>

namespace lowcal::graph {

/// No network gets more memory than this for one purpose (constants, a plan, a reference run): a
/// hundred times what the largest of the shipped ones takes, and what small machines have. A file
/// of a few kilobytes can ask for any amount.
inline constexpr std::int64_t largest_network_memory = std::int64_t{4} << 30;

/// Adds up what a network asks for, before it is allocated. Throws InputError naming the largest
/// part once the sum exceeds what there is.
class MemoryBudget {
public:
    /// `purpose` stands in the message: "the reference run". `most` in bytes.
    explicit MemoryBudget(std::string purpose, std::int64_t most = largest_network_memory)
        : purpose_(std::move(purpose)), most_(most)
    {
    }

    /// `what` names the part: "the value 'x'". Any number of bytes may be asked for.
    void take(std::int64_t bytes, std::string const& what);

private:
    std::string purpose_;
    std::int64_t most_;
    std::int64_t taken_ = 0;
    std::int64_t largest_ = 0;
    std::string name_{};
};

}  // namespace lowcal::graph
