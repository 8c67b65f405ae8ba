#pragma once

#include "data/hdf5/hdf5_handle.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace lowcal::data {

/// An HDF5 file whose data sets of float32 are stored in ways that our writer does not use.
class StoredFile {
public:
    using Shape = std::vector<hsize_t>;
    /// Sets what it likes in a creation property list.
    using Creation = std::function<void(hid_t)>;

    explicit StoredFile(std::filesystem::path const& path);

    hid_t get() const { return file_.get(); }
    /// Makes a data set without numbers.
    Hdf5Handle make(std::string const& name, Shape const& shape, Creation const& creation,
                    hid_t type = H5T_IEEE_F32LE);
    /// Makes one and writes numbers.
    void write(std::string const& name, Shape const& shape, std::vector<float> const& numbers,
               Creation const& creation, hid_t type = H5T_IEEE_F32LE);
    /// `target` of the CLIC layout: electrons of 100 GeV.
    void write_target(hsize_t showers);
    /// Sequences of numbers, as h5py writes them.
    void sequences(
        std::string const& name, std::vector<std::vector<float>> const& rows,
        Creation const& creation = [](hid_t) {}, hid_t type = H5T_IEEE_F32LE);
    /// int32.
    void whole(std::string const& name, Shape const& shape, std::vector<int> const& numbers);
    void external_link(std::string const& name, std::string const& file, std::string const& object);
    /// A text attribute of the root, of variable length.
    void variable_text(std::string const& name, char const* text);
    void soft_link(std::string const& name, std::string const& object);
    /// A virtual data set; source i holds `showers_each` showers of `inner` shape in its data set
    /// of the same name.
    void virtual_set(std::string const& name, Shape const& shape, hsize_t showers_each,
                     std::vector<std::string> const& sources);

private:
    Hdf5Handle file_;
};

/// Cells of `showers` showers, each a number of its own.
std::vector<float> numbered_cells(std::size_t showers, std::size_t first = 0);

}  // namespace lowcal::data
