#pragma once

#include "data/hdf5/hdf5_data_set.hpp"
#include "data/storage/global_heap.hpp"

#include <cstddef>
#include <span>

namespace lowcal::data {

/// A data set [N] of sequences of floating-point numbers, each of its own length, read without
/// HDF5's part for such data. Only for .cpp files of this folder. One thread.
class SequenceDataSet {
public:
    /// `references`: opened as NumberKind::sequence. Throws InputError where the file's heap cannot
    /// be read.
    explicit SequenceDataSet(FloatDataSet const& references);

    /// The sequence in row `row`, which must exist, as float32; valid until the next call. Throws
    /// InputError where it is damaged or takes more than limits::chunk_bytes.
    std::span<float const> read(std::size_t row);

private:
    FloatDataSet const& references_;
    NumberType numbers_;
    GlobalHeap heap_;
    Bytes bytes_;
};

}  // namespace lowcal::data
