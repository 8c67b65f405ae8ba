#pragma once

#include "data/layouts/stored_showers.hpp"
#include "data/layouts/written_showers.hpp"

#include <memory>
#include <optional>

namespace lowcal::data {

/// How a layout keeps the cells of a shower.
enum class CellOrder {
    grid,  ///< as an array with the detector's axes: its layers must be alike
    list
};

/// What the table of layouts (layouts.cpp) has of each of them.
struct LayoutRow {
    Layout layout;
    CellOrder cells;
    /// Whether the file's data sets have its names.
    bool (*recognises)(Hdf5File const& file);
    /// `known`: the detector of the file's attribute or of the user.
    std::unique_ptr<StoredShowers> (*open)(Hdf5File const& file,
                                           std::optional<Detector> const& known);
    std::unique_ptr<WrittenShowers> (*write)(Detector const& detector);
};

// A layout is a file that defines one of these.
extern LayoutRow const clic_layout;
extern LayoutRow const variable_angle_layout;
extern LayoutRow const calochallenge_layout;
extern LayoutRow const showerdata_layout;

/// Where two differ in their cells; `known` where there is one, else `guess`, which may be none.
/// Throws InputError that names the data set.
Detector detector_of(FloatDataSet const& cells, std::optional<Detector> const& known,
                     Detector const* guess);

/// Throws InputError: the data set's shape is not what is expected.
/// The sizes behind the showers, without axes of one: those of channels, as networks have them.
Shape without_ones(Shape const& shape);

[[noreturn]] void refuse_shape(FloatDataSet const& data_set, std::string_view expected);
/// One number per shower, as [N] or [N, 1]. Throws InputError.
void require_one_number(FloatDataSet const& data_set);
/// Reads one number per shower from [N] or from a column of [N, M].
void read_numbers(FloatDataSet const& data_set, std::size_t first, std::size_t column,
                  std::span<float> out);
/// Reads showers of [N, axes].
void read_grid(FloatDataSet const& cells, Detector const& detector, std::size_t first,
               std::span<float> out);
/// The known detector of cells [N, axes]; none for other numbers of cells. Throws InputError where
/// these are no three axes.
Detector const* known_grid(FloatDataSet const& cells);
/// Throws InputError where `cells` is not [N, axes] of the detector.
void require_grid(FloatDataSet const& cells, Detector const& detector);

}  // namespace lowcal::data
