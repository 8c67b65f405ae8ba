#pragma once

#include "data/hdf5_data_set.hpp"
#include "data/layout.hpp"

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace lowcal::data {

/// The data sets of a shower file, whatever its layout: numbers come out in GeV and in our cell
/// order, not yet checked. Only for .cpp files of this folder. One thread.
class ShowerFile {
public:
    /// Throws InputError where the file's data sets make none of the layouts.
    explicit ShowerFile(std::filesystem::path const& path);

    Layout layout() const { return layout_; }
    std::size_t count() const { return count_; }
    std::filesystem::path const& path() const { return file_.path(); }
    FloatDataSet const& cells() const { return *cells_; }
    FloatDataSet const& energies() const { return *energies_; }
    bool has_seconds() const { return seconds_.has_value(); }
    bool has_entry_points() const { return entry_points_.has_value(); }
    std::map<std::string, std::string> string_attributes() const;

    /// Showers [first, first + n), with n given by the size of `out`; must exist.
    void read_cells(std::size_t first, std::span<float> out) const;
    void read_energies(std::size_t first, std::span<float> out) const;
    void read_seconds(std::size_t first, std::span<float> out) const;
    /// [n][2]; n is half the size of `out`.
    void read_entry_points(std::size_t first, std::span<float> out) const;

private:
    void open_ecal();
    void open_calochallenge();
    void require_equal_counts() const;

    Hdf5File file_;
    Layout layout_ = Layout::clic;
    std::size_t count_ = 0;
    std::optional<FloatDataSet> cells_;
    std::optional<FloatDataSet> energies_;
    std::optional<FloatDataSet> seconds_;
    std::optional<FloatDataSet> entry_points_;
};

}  // namespace lowcal::data
