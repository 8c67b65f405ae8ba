#pragma once

#include "data/hdf5/open_data_set.hpp"
#include "data/storage/float_storage.hpp"

#include <memory>

namespace lowcal::data {

/// Numbers in chunks, each looked up, unpacked and measured. Throws InputError where a filter is
/// missing or the chunks are too large.
std::unique_ptr<FloatStorage> make_chunked_storage(OpenDataSet const& data_set);

}  // namespace lowcal::data
