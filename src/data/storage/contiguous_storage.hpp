#pragma once

#include "data/hdf5/open_data_set.hpp"
#include "data/storage/external_storage.hpp"
#include "data/storage/float_storage.hpp"

#include <memory>

namespace lowcal::data {

/// Numbers one after the other, in the file or as raw data in other files that `external` admits.
/// Throws InputError where they were never written, or a file is shorter than it must be.
std::unique_ptr<FloatStorage> make_contiguous_storage(OpenDataSet const& data_set,
                                                      ExternalFiles const& external);

}  // namespace lowcal::data
