#include "data/storage/virtual_storage.hpp"

#include "data/hdf5/hdf5_data_set.hpp"
#include "data/hdf5/read_limits.hpp"
#include "data/writing/production_identity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace lowcal::data {
namespace {

/// A source file's name that stands for the virtual data set's own file.
constexpr std::string_view own_file = ".";

/// A range of showers and where it lies.
struct Source {
    Box range;  ///< in the virtual data set
    Box there;  ///< in the source's data set
    std::string file;
    std::string data_set;
};

/// The box that a selection is; none where it is something else.
std::optional<Box> box_of(hid_t space)
{
    int const rank = H5Sget_simple_extent_ndims(space);
    if (rank < 1) return {};
    Shape first(static_cast<std::size_t>(rank));
    Shape count(first.size());
    if (H5Sget_select_bounds(space, first.data(), count.data()) < 0) return {};
    hsize_t points = 1;
    for (std::size_t axis = 0; axis < first.size(); ++axis) {
        count[axis] = count[axis] - first[axis] + 1;
        if (__builtin_mul_overflow(points, count[axis], &points)) return {};
    }
    if (H5Sget_select_npoints(space) != static_cast<hssize_t>(points)) return {};
    return Box{first, count};
}

/// HDF5 has no shape for a source of which all is taken, and does not like to be asked for it.
bool is_all_of_unknown(hid_t space)
{
    return H5Sget_select_type(space) == H5S_SEL_ALL && H5Sget_simple_extent_ndims(space) < 1;
}

template <class Call>
std::string text_from(Call&& call, std::string const& problem)
{
    std::string text(4096, '\0');
    auto const size = call(text.data(), text.size());
    if (size < 0) throw InputError(problem, hdf5_reason());
    text.resize(std::min(static_cast<std::size_t>(size), text.size() - 1));
    return text;
}

Source source_of(OpenDataSet const& data_set, std::size_t number)
{
    auto const list = data_set.creation.get();
    auto const problem = data_set.problem();
    Source source;
    source.file = text_from(
        [&](char* text, std::size_t size) {
            return H5Pget_virtual_filename(list, number, text, size);
        },
        problem);
    source.data_set = text_from(
        [&](char* text, std::size_t size) {
            return H5Pget_virtual_dsetname(list, number, text, size);
        },
        problem);
    auto const space = checked(H5Pget_virtual_vspace(list, number), H5Sclose, problem);
    auto const source_space = checked(H5Pget_virtual_srcspace(list, number), H5Sclose, problem);
    auto const range = box_of(space.get());
    auto source_range = range;
    if (range && is_all_of_unknown(source_space.get()))
        std::fill(source_range->start.begin(), source_range->start.end(), 0U);
    else
        source_range = box_of(source_space.get());
    H5Eclear2(H5E_DEFAULT);
    if (!range || !source_range || range->count != source_range->count)
        throw InputError(problem,
                         fmt::format("source {} of this virtual data set is no range of "
                                     "showers",
                                     source.file),
                         "repack the file with h5repack");
    source.range = *range;
    source.there = *source_range;
    return source;
}

/// What a file says of its production; empty where it says nothing.
std::string production_of(Hdf5File const& file)
{
    auto const texts = file.root_attributes(VariableTexts::provenance).texts;
    auto const found = texts.find(identity_attribute);
    return found == texts.end() ? std::string() : found->second;
}

/// The sources in the order of their showers; throws InputError where they do not make up all.
std::vector<Source> sources_of(OpenDataSet const& data_set)
{
    std::size_t count = 0;
    checked(H5Pget_virtual_count(data_set.creation.get(), &count), data_set.problem());
    if (count > limits::sources)
        throw InputError(data_set.problem(), fmt::format("it is made of {} sources", count));
    std::vector<Source> sources;
    for (std::size_t i = 0; i < count; ++i) sources.push_back(source_of(data_set, i));
    std::sort(sources.begin(), sources.end(), [](Source const& one, Source const& other) {
        return one.range.start < other.range.start;
    });
    Shape next(data_set.shape.size());
    for (auto const& source : sources) {
        auto whole = data_set.shape;
        whole[0] = source.range.count[0];
        if (source.range.start != next || source.range.count != whole)
            throw InputError(data_set.problem(),
                             fmt::format("its sources do not follow each other at shower {}, where "
                                         "{} begins",
                                         next[0], source.file),
                             "repack the file with h5repack");
        next[0] += source.range.count[0];
    }
    if (next[0] != data_set.shape[0]) refuse_unwritten(data_set, next[0], data_set.shape[0] - 1);
    return sources;
}

class VirtualStorage final : public FloatStorage {
public:
    VirtualStorage(OpenDataSet const& data_set, ExternalFiles const& external)
        : data_set_(data_set),
          external_(external),
          production_(external.storage() == ExternalStorage::refuse
                          ? production_of(*data_set.place.file)
                          : std::string()),
          sources_(sources_of(data_set))
    {
        for (auto const& source : sources_)
            if (source.file != own_file)
                external_.require_present(data_set.label, source.file, data_set.place.file->path());
        for (auto const& source : sources_) place_of(source);
    }

    void read(Box const& box, std::span<float> out) override
    {
        auto const source = std::ranges::partition_point(sources_, [&](Source const& one) {
            return one.range.start[0] + one.range.count[0] <= box.start[0];
        });
        for (auto i = static_cast<std::size_t>(source - sources_.begin()); i < sources_.size();
             ++i) {
            auto const common = intersection(box, sources_[i].range);
            if (size_of(common.count) == 0) break;
            auto there = common;
            for (std::size_t axis = 0; axis < there.start.size(); ++axis)
                there.start[axis] = common.start[axis] - sources_[i].range.start[axis] +
                                    sources_[i].there.start[axis];
            std::vector<float> numbers(size_of(common.count));
            open(i).read(there, numbers);
            copy_common({common, numbers}, {box, out});
        }
    }

private:
    OpenDataSet const& data_set_;
    ExternalFiles external_;
    std::string production_;  ///< whose shards alone are followed; empty: all that are admitted
    std::vector<Source> sources_;
    std::size_t opened_ = 0;  ///< the source that `source_` is
    std::unique_ptr<FloatDataSet> source_;

    std::filesystem::path place_of(Source const& source) const
    {
        auto const& from = data_set_.place.file->path();
        if (source.file == own_file) return from;
        if (production_.empty()) return external_.admit(data_set_.label, source.file, from);
        return external_.admit_shard(data_set_.label, source.file, from);
    }

    /// A stranger's file must not lead to files of ours that are no shards of its production.
    void require_own_shard(Hdf5File const& file, Source const& source) const
    {
        if (production_.empty() || source.file == own_file) return;
        if (production_of(file) != production_)
            throw InputError(
                "cannot read " + data_set_.label,
                fmt::format("its numbers lie in another file, {}, which is no shard of "
                            "its production",
                            source.file),
                "lowcal convert --allow-external makes one file of it");
    }

    FloatDataSet const& open(std::size_t number)
    {
        if (source_ && opened_ == number) return *source_;
        auto const& source = sources_[number];
        source_.reset();
        Hdf5File const file(place_of(source), external_);
        require_own_shard(file, source);
        source_ = std::make_unique<FloatDataSet>(file, source.data_set, data_set_.type.kind(),
                                                 VirtualSets::refuse);
        opened_ = number;
        auto const& shape = source_->shape();
        for (std::size_t axis = 0; axis < source.there.start.size(); ++axis)
            if (shape.size() != source.there.start.size() ||
                source.there.start[axis] > shape[axis] ||
                source.there.count[axis] > shape[axis] - source.there.start[axis])
                throw InputError("cannot read " + data_set_.label,
                                 fmt::format("its source {} has the shape {}, too small for it",
                                             source.file, source_->shape_text()));
        return *source_;
    }
};

}  // namespace

std::unique_ptr<FloatStorage> make_virtual_storage(OpenDataSet const& data_set,
                                                   ExternalFiles const& external)
{
    return std::make_unique<VirtualStorage>(data_set, external);
}

}  // namespace lowcal::data
