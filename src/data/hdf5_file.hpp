#pragma once

#include "data/hdf5_handle.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace lowcal::data {

/// An HDF5 file opened for reading. Only for .cpp files of this folder.
class Hdf5File {
public:
    /// Throws InputError where the file is missing, not HDF5 or damaged.
    explicit Hdf5File(std::filesystem::path const& path);

    std::filesystem::path const& path() const { return path_; }
    hid_t get() const { return handle_.get(); }
    /// Whether the root group holds something of this name.
    bool holds(std::string const& name) const;
    /// Names of all that the root group holds, sorted.
    std::vector<std::string> names() const;
    /// The root group's attributes that are one string each, by name.
    std::map<std::string, std::string> string_attributes() const;

private:
    std::filesystem::path path_;
    Hdf5Handle handle_;
};

/// Writes one string attribute to `object`.
void write_string_attribute(hid_t object, std::string const& name, std::string const& value);

}  // namespace lowcal::data
