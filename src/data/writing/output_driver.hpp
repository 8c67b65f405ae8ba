#pragma once

#include "core/files/atomic_file.hpp"
#include "data/hdf5/hdf5_handle.hpp"

#include <filesystem>

namespace lowcal::data {

/// The first failure to write a file, as errno; 0 while all went well.
struct OutputStatus {
    int first_error = 0;
};

/// Lets a file that is made with `access` be written to `descriptor` through plain system calls
/// that never fail. The descriptor is that of an empty file, stays the caller's and must stay open
/// as long as `access` is used; the name that HDF5 is given is not looked at.
///
/// HDF5 does not survive a full disk: a file whose close failed stays half open, and the process
/// crashes when it ends (1.10). So a failed write is noted in `status`, which must outlive the
/// file, and hidden from HDF5; from then on nothing is written, and the file can be closed and
/// thrown away. Whoever writes looks at `status` after each step. Throws InputError where HDF5
/// refuses.
void use_output_driver(hid_t access, OutputStatus& status, int descriptor);

/// Makes the HDF5 file that becomes `path`, in `temporary`, by this driver. Throws InputError.
Hdf5Handle create_output_file(TemporaryFile const& temporary, std::filesystem::path const& path,
                              OutputStatus& status);

}  // namespace lowcal::data
