#pragma once

#include "data/hdf5/bytes.hpp"
#include "data/hdf5/hdf5_handle.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace lowcal::data {

/// What the elements of a data set are.
enum class NumberKind {
    floating,
    whole,
    /// Floating-point numbers, as many as each element likes. What stands in the data set are
    /// references to them, which are read as words: numbers whose bits are the reference's.
    sequence
};

/// The type of a data set's numbers. Only for .cpp files of this folder.
class NumberType {
public:
    /// Words of a reference to a sequence.
    static constexpr std::size_t reference_words = 4;

    /// Throws InputError where the data set holds no numbers of that kind of up to 16 bytes.
    NumberType(hid_t data_set, std::string const& label, NumberKind kind);

    NumberKind kind() const { return kind_; }
    /// Of a number in the file; of a sequence, of a word.
    std::size_t bytes() const { return bytes_; }
    /// Whether each number is the same as float32.
    bool fits_float32() const;
    /// The type of the numbers in a sequence.
    NumberType numbers_of_sequence() const;
    hid_t get() const { return type_.get(); }

    /// The numbers of `raw` as float32, in its memory.
    std::span<float> to_float(Bytes& raw) const;

private:
    NumberType(Hdf5Handle type, std::string problem, NumberKind kind);

    NumberKind kind_;
    Hdf5Handle type_;
    std::size_t bytes_ = 0;
    bool is_native_ = false;
    std::string problem_;
};

}  // namespace lowcal::data
