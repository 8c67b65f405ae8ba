#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace lowcal::data {

/// Leaves new numbers as they are: they are written anyway.
template <class Value>
struct WithoutInitialisation : std::allocator<Value> {
    template <class Other>
    struct rebind {
        using other = WithoutInitialisation<Other>;
    };
    void construct(Value*) {}
    template <class... Arguments>
    void construct(Value* place, Arguments&&... arguments)
    {
        std::construct_at(place, std::forward<Arguments>(arguments)...);
    }
};

/// Bytes of a file; what `resize` adds is not initialised.
using Bytes = std::vector<std::byte, WithoutInitialisation<std::byte>>;

}  // namespace lowcal::data
