#pragma once

#include "data/hdf5/hdf5_handle.hpp"
#include "data/storage/external_storage.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace lowcal::data {

class Hdf5File;

/// An object of a file, or of the file that an external link led to.
struct LocatedObject {
    std::shared_ptr<Hdf5File const> file;
    std::string name;
};

/// Which texts of variable length are read: they lie elsewhere in the file than their attributes,
/// where HDF5 1.10 trusts what a damaged file says.
enum class VariableTexts {
    provenance,  ///< of the names of data/writing/provenance.hpp
    all
};

/// What the root group has in attributes, by name.
struct RootAttributes {
    std::map<std::string, std::string> texts;   ///< of those that are one text each
    std::map<std::string, std::string> others;  ///< why each of the others is not among them
};

/// An HDF5 file opened for reading. Only for .cpp files of this folder.
class Hdf5File {
public:
    /// Throws InputError where the file is missing, no regular file, not HDF5 or damaged.
    explicit Hdf5File(std::filesystem::path const& path, ExternalFiles external);

    std::filesystem::path const& path() const { return path_; }
    hid_t get() const { return handle_->get(); }
    ExternalFiles const& external() const { return external_; }

    /// Whether the root group holds something of this name.
    bool holds(std::string const& name) const;
    /// Names of all that the root group holds, sorted. Throws InputError where they are too many.
    std::vector<std::string> names() const;
    /// Where an object lies. Throws InputError where there is none of this name, or it lies behind
    /// an external link that may not be followed; `label` is "FILE: data set NAME".
    LocatedObject locate(std::string const& name, std::string const& label) const;
    RootAttributes root_attributes(VariableTexts texts) const;
    /// An access property list of a class (H5P_LINK_ACCESS or one derived from it), with which HDF5
    /// follows no external link.
    Hdf5Handle access(hid_t property_class) const;

private:
    std::filesystem::path path_;
    ExternalFiles external_;
    std::shared_ptr<Hdf5Handle const> handle_;

    LocatedObject locate(std::string const& name, std::string const& label, int links) const;
};

/// Writes one string attribute to `object`.
void write_string_attribute(hid_t object, std::string const& name, std::string const& value);

}  // namespace lowcal::data
