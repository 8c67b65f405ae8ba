#include "data/hdf5/hdf5_data_set.hpp"

#include "data/storage/chunked_storage.hpp"
#include "data/storage/contiguous_storage.hpp"
#include "data/storage/library_storage.hpp"
#include "data/storage/virtual_storage.hpp"

#include <algorithm>
#include <cassert>

namespace lowcal::data {
namespace {

/// Numbers inside the data set's header, which must be as many as its shape says.
std::unique_ptr<FloatStorage> make_compact_storage(OpenDataSet const& data_set)
{
    require_few_bytes(data_set, data_set.shape, "its numbers,");
    auto const stored = H5Dget_storage_size(data_set.handle.get());
    if (stored != size_of(data_set.shape) * data_set.type.bytes())
        throw InputError(data_set.problem(), "it holds fewer numbers than its shape says",
                         "the file is damaged");
    return make_library_storage(data_set);
}

std::unique_ptr<FloatStorage> make_storage(OpenDataSet const& data_set, Hdf5File const& file,
                                           VirtualSets virtual_sets)
{
    auto const& shape = data_set.shape;
    if (shape.empty() || std::find(shape.begin(), shape.end(), 0U) != shape.end()) return {};
    auto const layout = H5Pget_layout(data_set.creation.get());
    if (data_set.type.kind() == NumberKind::sequence && layout != H5D_CONTIGUOUS &&
        layout != H5D_CHUNKED)
        throw InputError(data_set.problem(), "its sequences are virtual or in its header",
                         "repack the file with h5repack");
    switch (layout) {
        case H5D_COMPACT:
            return make_compact_storage(data_set);
        case H5D_CONTIGUOUS:
            return make_contiguous_storage(data_set, file.external());
        case H5D_CHUNKED:
            return make_chunked_storage(data_set);
        case H5D_VIRTUAL:
            if (virtual_sets == VirtualSets::follow)
                return make_virtual_storage(data_set, file.external());
            throw InputError(data_set.problem(), "it is virtual and a source of a virtual data set",
                             "repack the file with h5repack");
        default:
            throw InputError(data_set.problem(), "its layout is unknown");
    }
}

}  // namespace

FloatDataSet::FloatDataSet(Hdf5File const& file, std::string const& name, NumberKind kind,
                           VirtualSets virtual_sets)
    : opened_(std::make_unique<OpenDataSet>(file, name, kind)),
      storage_(make_storage(*opened_, file, virtual_sets))
{
}

void FloatDataSet::read(Box const& box, std::span<float> out) const
{
    assert(box.start.size() == shape().size() && box.count.size() == shape().size());
    assert(size_of(box.count) == out.size());
    if (!out.empty()) storage_->read(box, out);
}

}  // namespace lowcal::data
