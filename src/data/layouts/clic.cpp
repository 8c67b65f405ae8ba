#include "core/error.hpp"
#include "data/hdf5/hdf5_file.hpp"
#include "data/layouts/layout_row.hpp"
#include "data/shower_columns.hpp"
#include "data/writing/row_cells.hpp"

namespace lowcal::data {
namespace {

constexpr char const* cells_name = "ECAL";
constexpr char const* energies_name = "target";
constexpr float unknown_particle = 0.0F;  // no PDG code is 0
/// Of `target`.
constexpr std::size_t pdg_place = 0;
constexpr std::size_t energy_place = 1;
constexpr std::size_t columns = 2;

class ClicShowers : public StoredShowers {
public:
    ClicShowers(Detector detector, FloatDataSet cells, FloatDataSet energies)
        : StoredShowers(Layout::clic, std::move(detector), std::move(cells), std::move(energies))
    {
        require_grid(this->cells(), this->detector());
        auto const& shape = this->energies().shape();
        bool const rows = shape.size() >= 2 && without_ones(shape) == Shape{shape.back()};
        if (!rows || shape.back() < columns)
            refuse_shape(this->energies(), "[N, 2] or wider, with the primary energy in column 1");
    }

    LeftOut read_cells(std::size_t first, std::span<float> out) const override
    {
        read_grid(cells(), detector(), first, out);
        return {};
    }
    void read_energies(std::size_t first, std::span<float> out) const override
    {
        read_numbers(energies(), first, energy_place, out);
    }
    std::size_t known_columns() const override { return columns; }
    std::vector<OwnColumn> own_columns() const override { return {{std::string(pdg_column)}}; }
    void read_own_column(std::size_t, std::size_t first, std::span<float> out) const override
    {
        read_numbers(energies(), first, pdg_place, out);
    }
};

class ClicForm : public WrittenShowers {
public:
    explicit ClicForm(Detector const& detector)
    {
        for (auto const& axis : detector.axes) grid_.push_back(axis.cells);
    }

    std::unique_ptr<CellWriter> write_cells(hid_t file, CellStorage const& storage) const override
    {
        return std::make_unique<RowCells>(
            file, storage.complete({.name = cells_name, .row_shape = grid_, .unit = "GeV"}));
    }
    DataSetWriter::Config energies() const override
    {
        return {.name = energies_name, .row_shape = {columns}, .unit = "PDG code, GeV"};
    }
    void pack_energies(ShowerBlock const& block, float, std::vector<float>& rows) const override
    {
        for (std::size_t i = 0; i < block.count(); ++i)
            rows.insert(rows.end(), {block.pdg_code.empty() ? unknown_particle : block.pdg_code[i],
                                     block.primary_energy[i]});
    }
    bool keeps(std::string_view column) const override { return column == pdg_column; }

private:
    std::vector<hsize_t> grid_;
};

bool recognises(Hdf5File const& file)
{
    return file.holds(cells_name) && (file.holds(energies_name) || !file.holds("energy"));
}

std::unique_ptr<StoredShowers> open(Hdf5File const& file, std::optional<Detector> const& known)
{
    FloatDataSet cells(file, cells_name);
    auto const* const guess = known_grid(cells);
    if (!file.holds(energies_name))
        throw InputError("cannot read " + cells.label(),
                         "there is neither a data set target (CLIC layout) nor a data set energy "
                         "(variable angle) beside it");
    auto detector = detector_of(cells, known, guess);
    return std::make_unique<ClicShowers>(std::move(detector), std::move(cells),
                                         FloatDataSet(file, energies_name));
}

std::unique_ptr<WrittenShowers> write(Detector const& detector)
{
    return std::make_unique<ClicForm>(detector);
}

}  // namespace

LayoutRow const clic_layout{Layout::clic, CellOrder::grid, recognises, open, write};

}  // namespace lowcal::data
