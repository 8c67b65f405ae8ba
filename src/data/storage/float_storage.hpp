#pragma once

#include "data/storage/box.hpp"

#include <span>

namespace lowcal::data {

/// How the numbers of a data set lie on disk. Only for .cpp files of this folder. One thread.
class FloatStorage {
public:
    FloatStorage() = default;
    virtual ~FloatStorage() = default;
    FloatStorage(FloatStorage const&) = delete;
    FloatStorage& operator=(FloatStorage const&) = delete;

    /// The numbers of a box, which lies inside the data set. Throws InputError where they are
    /// damaged, and where they were never written: HDF5 would give fill values.
    virtual void read(Box const& box, std::span<float> out) = 0;
};

}  // namespace lowcal::data
