#include "data/storage/contiguous_storage.hpp"

#include "core/files/file_descriptor.hpp"
#include "data/hdf5/read_limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>

namespace lowcal::data {
namespace {

/// A piece of the numbers' bytes.
struct Segment {
    std::filesystem::path file;
    hsize_t offset;  ///< in the file
    hsize_t bytes;
};

/// Bytes that all numbers take; throws InputError where that is beyond 2^64.
hsize_t bytes_of(OpenDataSet const& data_set)
{
    hsize_t bytes = data_set.type.bytes();
    for (auto const extent : data_set.shape)
        if (__builtin_mul_overflow(bytes, extent, &bytes))
            throw InputError(data_set.problem(),
                             "its shape " + text_of(data_set.shape) + " is beyond any file");
    return bytes;
}

Segment external_segment(OpenDataSet const& data_set, ExternalFiles const& external,
                         unsigned number, hsize_t still_needed)
{
    std::vector<char> name(4096);
    off_t offset = 0;
    hsize_t size = 0;
    checked(H5Pget_external(data_set.creation.get(), number, name.size() - 1, name.data(), &offset,
                            &size),
            data_set.problem());
    auto file = external.admit(data_set.label, name.data(), data_set.place.file->path());
    if (offset < 0)
        throw InputError(data_set.problem(), "its raw data begin before " + file.string());
    return {std::move(file), static_cast<hsize_t>(offset), std::min(size, still_needed)};
}

std::vector<Segment> segments_of(OpenDataSet const& data_set, ExternalFiles const& external)
{
    auto const total = bytes_of(data_set);
    int const files = checked(H5Pget_external_count(data_set.creation.get()), data_set.problem());
    if (files == 0) {
        auto const offset = H5Dget_offset(data_set.handle.get());
        H5Eclear2(H5E_DEFAULT);
        if (offset == HADDR_UNDEF && total > 0)
            refuse_unwritten(data_set, 0, data_set.shape.empty() ? 0 : data_set.shape[0] - 1);
        return {{data_set.place.file->path(), offset, total}};
    }
    if (static_cast<std::size_t>(files) > limits::sources)
        throw InputError(data_set.problem(), fmt::format("it lies in {} files", files));
    std::vector<Segment> segments;
    hsize_t found = 0;
    for (int i = 0; i < files && found < total; ++i) {
        segments.push_back(
            external_segment(data_set, external, static_cast<unsigned>(i), total - found));
        found += segments.back().bytes;
    }
    if (found < total)
        throw InputError(data_set.problem(),
                         fmt::format("its raw data have {} bytes in place of {}", found, total));
    return segments;
}

/// Opens a regular file and checks that the segment lies in it.
FileDescriptor open_segment(OpenDataSet const& data_set, Segment const& segment)
{
    FileDescriptor file(::open(segment.file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
    struct stat status {};
    if (!file || ::fstat(file.get(), &status) != 0)
        throw InputError(data_set.problem(), segment.file.string() + ": " + std::strerror(errno));
    auto const size = static_cast<hsize_t>(status.st_size);
    if (!S_ISREG(status.st_mode) || segment.offset > size || segment.bytes > size - segment.offset)
        throw InputError(
            data_set.problem(),
            fmt::format("{} has {} bytes, too few for its numbers", segment.file.string(), size),
            "the file is damaged or was not written to its end");
    return file;
}

class ContiguousStorage final : public FloatStorage {
public:
    ContiguousStorage(OpenDataSet const& data_set, std::vector<Segment> segments)
        : data_set_(data_set), segments_(std::move(segments))
    {
        for (auto const& segment : segments_) open_segment(data_set, segment);
        auto const& shape = data_set.shape;
        row_ = {shape.begin() + 1, shape.end()};
        require_few_bytes(data_set, row_, "the numbers of one shower,");
        row_bytes_ = size_of(row_) * data_set.type.bytes();
    }

    void read(Box const& box, std::span<float> out) override
    {
        if (out.empty()) return;
        auto const rows_at_a_time = std::max<hsize_t>(1, limits::shared_bytes / row_bytes_);
        auto const end = box.start[0] + box.count[0];
        for (auto row = box.start[0]; row < end; row += rows_at_a_time) {
            Box rows{Shape(data_set_.shape.size()), data_set_.shape};
            rows.start[0] = row;
            rows.count[0] = std::min(rows_at_a_time, end - row);
            Bytes bytes(rows.count[0] * row_bytes_);
            read_bytes(row * row_bytes_, bytes);
            copy_common({rows, data_set_.type.to_float(bytes)}, {box, out});
        }
    }

private:
    OpenDataSet const& data_set_;
    std::vector<Segment> segments_;
    Shape row_;  ///< extents behind the first axis
    hsize_t row_bytes_ = 0;
    std::size_t opened_ = 0;  ///< the segment that `file_` is of
    FileDescriptor file_;

    /// Bytes from `first` on, counted through all segments.
    void read_bytes(hsize_t first, std::span<std::byte> out)
    {
        hsize_t begin = 0;
        for (std::size_t i = 0; i < segments_.size() && !out.empty(); ++i) {
            auto const end = begin + segments_[i].bytes;
            if (first < end) {
                auto const here = std::min<hsize_t>(out.size(), end - first);
                read_segment(i, first - begin, out.first(here));
                out = out.subspan(here);
                first += here;
            }
            begin = end;
        }
    }

    void read_segment(std::size_t number, hsize_t offset, std::span<std::byte> out)
    {
        auto const& segment = segments_[number];
        if (!file_ || opened_ != number) {
            file_ = open_segment(data_set_, segment);
            opened_ = number;
        }
        offset += segment.offset;
        while (!out.empty()) {
            auto const got =
                ::pread(file_.get(), out.data(), out.size(), static_cast<off_t>(offset));
            if (got < 0 && errno == EINTR) continue;
            if (got <= 0)
                throw InputError(data_set_.problem(),
                                 got < 0 ? std::strerror(errno) : "the file became shorter");
            out = out.subspan(static_cast<std::size_t>(got));
            offset += static_cast<hsize_t>(got);
        }
    }
};

}  // namespace

std::unique_ptr<FloatStorage> make_contiguous_storage(OpenDataSet const& data_set,
                                                      ExternalFiles const& external)
{
    return std::make_unique<ContiguousStorage>(data_set, segments_of(data_set, external));
}

}  // namespace lowcal::data
