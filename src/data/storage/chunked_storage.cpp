#include "data/storage/chunked_storage.hpp"

#include "data/hdf5/read_advice.hpp"
#include "data/hdf5/read_limits.hpp"
#include "data/storage/chunk_decoder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace lowcal::data {
namespace {

void require_filters(OpenDataSet const& data_set)
{
    int const filters = checked(H5Pget_nfilters(data_set.creation.get()), data_set.problem());
    for (int i = 0; i < filters; ++i) {
        unsigned flags = 0;
        unsigned config = 0;
        std::size_t values = 0;
        char name[64] = "";
        auto const filter = H5Pget_filter2(data_set.creation.get(), static_cast<unsigned>(i),
                                           &flags, &values, nullptr, sizeof name, name, &config);
        if (H5Zfilter_avail(filter) > 0) continue;
        H5Eclear2(H5E_DEFAULT);
        throw InputError(data_set.problem(),
                         fmt::format("its chunks pass through filter {} {}, which this HDF5 does "
                                     "not have",
                                     static_cast<int>(filter), name[0] ? name : "without a name"),
                         advice_for_filter(filter));
    }
}

Shape chunk_shape(OpenDataSet const& data_set)
{
    bool const of_sequences = data_set.type.kind() == NumberKind::sequence;
    Shape chunk(data_set.shape.size() - (of_sequences ? 1 : 0));
    auto const rank = static_cast<int>(chunk.size());
    if (checked(H5Pget_chunk(data_set.creation.get(), rank, chunk.data()), data_set.problem()) !=
        rank)
        throw InputError(data_set.problem(), "its chunks have other axes than its showers",
                         "the file is damaged");
    if (of_sequences) chunk.push_back(NumberType::reference_words);
    require_few_bytes(data_set, chunk, "its chunks of");
    return chunk;
}

/// What the file's index of chunks says of one.
struct StoredChunk {
    std::uint32_t skipped_filters = 0;
    haddr_t address = HADDR_UNDEF;
    hsize_t bytes = 0;
};

StoredChunk look_up(OpenDataSet const& data_set, Shape const& start)
{
    unsigned skipped = 0;
    StoredChunk chunk;
    checked(H5Dget_chunk_info_by_coord(data_set.handle.get(), start.data(), &skipped,
                                       &chunk.address, &chunk.bytes),
            data_set.problem());
    chunk.skipped_filters = skipped;
    return chunk;
}

/// Steps through the chunks of a shape that a box touches.
class TouchedChunks {
public:
    TouchedChunks(Shape const& chunk, Box const& box) : chunk_(chunk), box_(box), start_(box.start)
    {
        for (std::size_t axis = 0; axis < start_.size(); ++axis) rewind(axis);
    }
    Shape const& operator*() const { return start_; }
    bool next()
    {
        for (std::size_t axis = start_.size(); axis-- > 0;) {
            start_[axis] += chunk_[axis];
            if (start_[axis] < box_.start[axis] + box_.count[axis]) return true;
            rewind(axis);
        }
        return false;
    }

private:
    Shape const& chunk_;
    Box const& box_;
    Shape start_;

    void rewind(std::size_t axis) { start_[axis] = box_.start[axis] / chunk_[axis] * chunk_[axis]; }
};

/// Looks a chunk up; throws InputError where it was never written or takes too many bytes.
StoredChunk require_written(OpenDataSet const& data_set, Box const& chunk, std::size_t most_bytes)
{
    auto const stored = look_up(data_set, chunk.start);
    auto const last = std::min(chunk.start[0] + chunk.count[0], data_set.shape[0]) - 1;
    if (stored.address == HADDR_UNDEF || stored.bytes == 0)
        refuse_unwritten(data_set, chunk.start[0], last);
    if (stored.bytes > most_bytes)
        throw InputError(data_set.problem(),
                         fmt::format("the chunk of showers {} to {} takes {} bytes in the file, "
                                     "more than the numbers in it",
                                     chunk.start[0], last, stored.bytes),
                         "the file is damaged");
    return stored;
}

/// Whether chunks that go beyond the shape pass through the filters.
enum class Edges { filtered, plain };

class ChunkedStorage final : public FloatStorage {
public:
    ChunkedStorage(OpenDataSet const& data_set, Shape chunk, ChunkDecoder decoder, Edges edges)
        : data_set_(data_set), chunk_(std::move(chunk)), decoder_(std::move(decoder)), edges_(edges)
    {
    }

    void read(Box const& box, std::span<float> out) override
    {
        if (out.empty()) return;
        Kept kept;
        std::size_t bytes = 0;
        TouchedChunks touched(chunk_, box);
        do {
            auto chunk = take(*touched);
            auto const numbers = numbers_of(chunk);
            copy_common({{*touched, chunk_}, numbers}, {box, out});
            bool const goes_on = (*touched)[0] + chunk_[0] > box.start[0] + box.count[0];
            if (goes_on && (bytes == 0 || bytes + chunk.size() <= limits::kept_chunk_bytes)) {
                bytes += chunk.size();
                kept.emplace(*touched, std::move(chunk));
            } else {
                free_ = std::move(chunk);
            }
        } while (touched.next());
        kept_ = std::move(kept);
    }

private:
    using Kept = std::map<Shape, Bytes>;

    OpenDataSet const& data_set_;
    Shape chunk_;
    ChunkDecoder decoder_;
    Edges edges_;
    Bytes free_;  ///< memory for the next chunk
    Kept kept_;   ///< unpacked chunks that went on behind the last box, as float32

    static std::span<float> numbers_of(Bytes& chunk)
    {
        return {reinterpret_cast<float*>(chunk.data()), chunk.size() / sizeof(float)};
    }

    bool goes_beyond_shape(Shape const& start) const
    {
        for (std::size_t axis = 0; axis < start.size(); ++axis)
            if (start[axis] + chunk_[axis] > data_set_.shape[axis]) return true;
        return false;
    }

    Bytes take(Shape const& start)
    {
        if (auto const found = kept_.find(start); found != kept_.end())
            return std::move(found->second);
        auto const stored =
            require_written(data_set_, {start, chunk_}, decoder_.most_stored_bytes());
        auto bytes = std::move(free_);
        bytes.resize(stored.bytes);
        std::uint32_t skipped = 0;
        checked(H5Dread_chunk(data_set_.handle.get(), H5P_DEFAULT, start.data(), &skipped,
                              bytes.data()),
                data_set_.problem());
        if (edges_ == Edges::plain && goes_beyond_shape(start))
            skipped = ChunkDecoder::every_filter;
        decoder_.decode(bytes, skipped);
        bytes.resize(data_set_.type.to_float(bytes).size_bytes());
        return bytes;
    }
};

}  // namespace

std::unique_ptr<FloatStorage> make_chunked_storage(OpenDataSet const& data_set)
{
    require_filters(data_set);
    auto chunk = chunk_shape(data_set);
    ChunkDecoder decoder(data_set, chunk);
    unsigned options = 0;
    checked(H5Pget_chunk_opts(data_set.creation.get(), &options), data_set.problem());
    bool const plain_edges = (options & H5D_CHUNK_DONT_FILTER_PARTIAL_CHUNKS) != 0;
    return std::make_unique<ChunkedStorage>(data_set, std::move(chunk), std::move(decoder),
                                            plain_edges ? Edges::plain : Edges::filtered);
}

}  // namespace lowcal::data
