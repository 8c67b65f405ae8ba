#pragma once

#include "data/hdf5/open_data_set.hpp"
#include "data/storage/float_storage.hpp"

#include <memory>

namespace lowcal::data {

/// Numbers of a virtual data set: showers that lie, range by range, in data sets of other files.
///
/// HDF5 itself gives fill values for what a source does not have. Here the sources must follow each
/// other along the first axis without gap or overlap, each with all cells of its showers, and must
/// not be virtual themselves. Where `external` admits no other files, sources in the file's folder
/// or below are followed all the same if they are shards of its own production: both say the same
/// identity (data/writing/production_identity.hpp), as `lowcal merge --virtual` writes it. Throws
/// InputError where that is not so, where `external` admits no source, and where one is missing.
std::unique_ptr<FloatStorage> make_virtual_storage(OpenDataSet const& data_set,
                                                   ExternalFiles const& external);

}  // namespace lowcal::data
