#include "data/hdf5/sequence_data_set.hpp"

#include "data/hdf5/read_limits.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <string>

namespace lowcal::data {
namespace {

/// What stands in the data set in place of a sequence, little endian: how many numbers it has, then
/// the place of its bytes.
struct StoredSequence {
    std::uint32_t count;
    HeapReference place;
};

StoredSequence unpacked(std::array<float, NumberType::reference_words> const& words)
{
    auto const word = [&](std::size_t i) { return std::bit_cast<std::uint32_t>(words[i]); };
    static_assert(std::endian::native == std::endian::little);
    return {.count = word(0),
            .place = {.collection = word(1) | static_cast<std::uint64_t>(word(2)) << 32U,
                      .object = word(3)}};
}

}  // namespace

SequenceDataSet::SequenceDataSet(FloatDataSet const& references)
    : references_(references),
      numbers_(references.type().numbers_of_sequence()),
      heap_(references.file(), references.label())
{
}

std::span<float const> SequenceDataSet::read(std::size_t row)
{
    std::array<float, NumberType::reference_words> words{};
    references_.read({{row, 0}, {1, words.size()}}, words);
    auto const sequence = unpacked(words);
    if (sequence.count == 0) return {};
    auto const problem = "cannot read " + references_.label() + ", row " + std::to_string(row);
    if (sequence.count > limits::chunk_bytes / numbers_.bytes())
        throw InputError(problem, "it has " + std::to_string(sequence.count) + " numbers");
    auto const stored = heap_.read(sequence.place);
    if (stored.size() != sequence.count * numbers_.bytes())
        throw InputError(problem,
                         "it holds " + std::to_string(stored.size()) + " bytes in place of " +
                             std::to_string(sequence.count) + " numbers",
                         "the file is damaged");
    bytes_.assign(stored.begin(), stored.end());
    return numbers_.to_float(bytes_);
}

}  // namespace lowcal::data
