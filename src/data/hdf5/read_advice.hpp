#pragma once

#include <filesystem>
#include <string>

namespace lowcal::data {

/// A line of Python that writes a file anew as every HDF5 reads it; what reads it is what wrote it.
inline constexpr char python_copy[] =
    "import h5py; a = h5py.File('IN.h5'); b = h5py.File('OUT.h5', 'w', libver=('earliest', "
    "'v108')); b.attrs.update(a.attrs); [b.create_dataset(n, data=a[n], dtype=a[n].dtype, "
    "chunks=a[n].chunks, compression=a[n].chunks and 'gzip') for n in a]; b.close()";

/// What to do with a file that is newer than the HDF5 here.
std::string advice_for_newer_files();

/// What to do where a filter of a data set is not there; `filter` is its registered number.
std::string advice_for_filter(int filter);

/// Throws InputError where nothing has this name, or a folder, a device or a pipe.
void require_regular_file(std::filesystem::path const& path);

/// Whether the file's superblock says that a program has it open for writing, or has left it so.
bool is_marked_as_being_written(std::filesystem::path const& path);

/// Whether another program holds the lock that HDF5 takes where it writes. Not known of all file
/// systems: false there.
bool is_locked_by_a_writer(std::filesystem::path const& path);

}  // namespace lowcal::data
