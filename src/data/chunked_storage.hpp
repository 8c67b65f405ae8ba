#pragma once

#include "data/float_storage.hpp"
#include "data/open_data_set.hpp"

#include <memory>

namespace lowcal::data {

/// Numbers in chunks, each looked up, measured and unpacked by us, where its filters are deflate,
/// shuffle and Fletcher-32; chunks of other filters are unpacked by HDF5. Throws InputError where a
/// filter is missing or the chunks are too large.
std::unique_ptr<FloatStorage> make_chunked_storage(OpenDataSet const& data_set);

}  // namespace lowcal::data
