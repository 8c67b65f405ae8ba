#pragma once

#include "data/hdf5/open_data_set.hpp"
#include "data/storage/float_storage.hpp"

#include <memory>

namespace lowcal::data {

/// Numbers as HDF5 itself reads them: those inside the data set's header.
std::unique_ptr<FloatStorage> make_library_storage(OpenDataSet const& data_set);

}  // namespace lowcal::data
