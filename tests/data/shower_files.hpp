#pragma once

#include "core/error.hpp"
#include "core/files/temporary_folder.hpp"
#include "data/hdf5/hdf5_handle.hpp"
#include "data/showers.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace lowcal::data {

/// A folder of its own for each test, removed with the object.
class TemporaryFolder {
public:
    std::filesystem::path operator/(std::string const& name) const { return folder_.path() / name; }
    std::size_t entries() const;

private:
    lowcal::TemporaryFolder folder_{"test"};
};

enum class Timing { absent, present };

/// Sparse showers of 2 to 500 GeV with a sampling fraction of 2 %; number i is a function of i.
ShowerBlock make_showers(std::size_t count, Timing timing = Timing::absent, std::size_t first = 0);

/// Gives an object an attribute that is a number.
void add_number(hid_t object, std::string const& name, int number);

/// Writes an HDF5 file data set by data set, right or wrong.
class RawFile {
public:
    using Shape = std::vector<hsize_t>;

    explicit RawFile(std::filesystem::path const& path);

    void floats(std::string const& name, Shape const& shape, std::vector<float> const& values);
    void doubles(std::string const& name, Shape const& shape, std::vector<double> const& values);
    void integers(std::string const& name, Shape const& shape);
    void strings(std::string const& name, Shape const& shape);
    hid_t get() const { return file_.get(); }
    /// Shape only, in chunks that are never written: every number reads as `fill`.
    void hollow(std::string const& name, Shape const& shape, float fill);
    /// Chunks that pass through a filter which no reader has; as its number any above HDF5's own.
    void exotic(std::string const& name, Shape const& shape, std::vector<float> const& values,
                int filter = 511);

private:
    hid_t create(std::string const& name, Shape const& shape, hid_t type,
                 hid_t creation = H5P_DEFAULT);

    Hdf5Handle file_;
};

/// A file in the CLIC layout, as others write it: no chunks, no attributes.
void write_clic(std::filesystem::path const& path, ShowerBlock const& showers);

/// The message of the InputError that `action` throws; a test failure where it throws none.
template <class Action>
std::string error_of(Action&& action)
{
    try {
        action();
    } catch (InputError const& error) {
        return error.what();
    }
    ADD_FAILURE() << "no InputError was thrown";
    return {};
}

/// Whether `text` holds each of `parts`.
::testing::AssertionResult mentions(std::string const& text, std::vector<std::string> const& parts);

/// All numbers of a data set of float32; empty if there is none of that name.
std::vector<float> read_numbers(std::filesystem::path const& path, std::string const& data_set);

}  // namespace lowcal::data
