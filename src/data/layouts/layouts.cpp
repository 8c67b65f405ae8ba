#include "core/detector/detector_json.hpp"
#include "core/detector/known_detectors.hpp"
#include "core/error.hpp"
#include "data/hdf5/hdf5_file.hpp"
#include "data/layouts/layout_row.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace lowcal::data {
namespace {

constexpr std::array<LayoutRow const*, all_layouts.size()> rows{
    &clic_layout, &variable_angle_layout, &showerdata_layout, &calochallenge_layout};

std::vector<std::size_t> grid_of(Detector const& detector)
{
    return {detector.axes[0].cells, detector.axes[1].cells, detector.axes[2].cells};
}

/// The detector that the file itself names.
std::optional<Detector> own_detector(Hdf5File const& file)
{
    auto const attributes = file.root_attributes(VariableTexts::provenance).texts;
    auto const found = attributes.find(detector_key);
    if (found == attributes.end()) return std::nullopt;
    return detector_from_json(found->second, file.path().string() + ": attribute " + detector_key);
}

}  // namespace

OpenedShowers open_stored_showers(Hdf5File const& file, std::optional<Detector> const& given)
{
    auto known = own_detector(file);
    if (known && given && !same_cells(*known, *given))
        throw InputError(file.path().string() + " is of another detector than " + given->name,
                         cells_difference(*known, *given));
    if (!known) known = given;
    for (auto const* const row : rows)
        if (row->recognises(file))
            return {row->open(file, known), known ? DetectorSource::said : DetectorSource::guessed};
    throw InputError("cannot read showers from " + file.path().string(),
                     "there is neither a data set ECAL (CLIC layout) nor a data set showers "
                     "(CaloChallenge layout, showerdata)");
}

std::unique_ptr<WrittenShowers> write_showers(Layout layout, Detector const& detector)
{
    auto const found = std::ranges::find(rows, layout, &LayoutRow::layout);
    if ((*found)->cells == CellOrder::grid)
        require_one_grid(detector, fmt::format("cannot write {} in the layout {}", detector.name,
                                               layout_name(layout)));
    return (*found)->write(detector);
}

Detector detector_of(FloatDataSet const& cells, std::optional<Detector> const& known,
                     Detector const* guess)
{
    if (known) return *known;
    if (guess != nullptr) return *guess;
    throw InputError(
        "cannot read " + cells.label(),
        fmt::format("of its detector is known only that its shape is {}", cells.shape_text()),
        "--detector FILE says what its cells are: JSON, or a binning XML of the CaloChallenge");
}

Shape without_ones(Shape const& shape)
{
    Shape sizes;
    for (std::size_t i = 1; i < shape.size(); ++i)
        if (shape[i] != 1) sizes.push_back(shape[i]);
    return sizes;
}

void refuse_shape(FloatDataSet const& data_set, std::string_view expected)
{
    throw InputError("cannot read " + data_set.label(),
                     fmt::format("its shape is {}, expected {}", data_set.shape_text(), expected));
}

void require_one_number(FloatDataSet const& data_set)
{
    auto const& shape = data_set.shape();
    if (without_ones(shape).empty()) return;
    refuse_shape(data_set, "[N] or [N, 1]");
}

void read_numbers(FloatDataSet const& data_set, std::size_t first, std::size_t column,
                  std::span<float> out)
{
    auto const rank = data_set.shape().size();
    Box box{Shape(rank, 0), Shape(rank, 1)};
    box.start.front() = first;
    box.count.front() = out.size();
    if (rank > 1) box.start.back() = column;
    data_set.read(box, out);
}

void read_grid(FloatDataSet const& cells, Detector const& detector, std::size_t first,
               std::span<float> out)
{
    Box box{Shape(cells.shape().size(), 0), cells.shape()};
    box.start.front() = first;
    box.count.front() = out.size() / detector.cells();
    cells.read(box, out);
}

Detector const* known_grid(FloatDataSet const& cells)
{
    auto const sizes = without_ones(cells.shape());
    if (cells.shape().size() < 4 || sizes.size() > 3)
        refuse_shape(cells, "[N, A, B, C]: showers of three axes");
    for (auto const* const detector : {&clic_detector(), &wide_clic_detector()})
        if (std::ranges::equal(sizes, grid_of(*detector))) return detector;
    return nullptr;
}

void require_grid(FloatDataSet const& cells, Detector const& detector)
{
    require_one_grid(detector, "cannot read " + cells.label());
    auto const grid = grid_of(detector);
    Shape whole{0};
    whole.insert(whole.end(), grid.begin(), grid.end());
    if (cells.shape().size() >= 4 && without_ones(cells.shape()) == without_ones(whole)) return;
    refuse_shape(cells, fmt::format("[N, {}], the detector's {}", fmt::join(grid, ", "),
                                    cells_text(detector)));
}

}  // namespace lowcal::data
