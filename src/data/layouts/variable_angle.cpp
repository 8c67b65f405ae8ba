#include "data/hdf5/hdf5_file.hpp"
#include "data/layouts/layout_row.hpp"
#include "data/writing/row_cells.hpp"

namespace lowcal::data {
namespace {

constexpr char const* cells_name = "ECAL";
constexpr char const* energies_name = "energy";

class VariableAngleShowers : public StoredShowers {
public:
    VariableAngleShowers(Detector detector, FloatDataSet cells, FloatDataSet energies)
        : StoredShowers(Layout::variable_angle, std::move(detector), std::move(cells),
                        std::move(energies))
    {
        require_grid(this->cells(), this->detector());
        require_one_number(this->energies());
    }

    LeftOut read_cells(std::size_t first, std::span<float> out) const override
    {
        read_grid(cells(), detector(), first, out);
        return {};
    }
    void read_energies(std::size_t first, std::span<float> out) const override
    {
        read_numbers(energies(), first, 0, out);
    }
};

class VariableAngleForm : public WrittenShowers {
public:
    explicit VariableAngleForm(Detector const& detector)
    {
        for (auto const& axis : detector.axes) grid_.push_back(axis.cells);
    }

    std::unique_ptr<CellWriter> write_cells(hid_t file, CellStorage const& storage) const override
    {
        return std::make_unique<RowCells>(
            file, storage.complete({.name = cells_name, .row_shape = grid_, .unit = "GeV / 50"}));
    }
    DataSetWriter::Config energies() const override
    {
        return {.name = energies_name, .row_shape = {}, .unit = "GeV"};
    }
    void pack_energies(ShowerBlock const& block, float, std::vector<float>& rows) const override
    {
        rows.insert(rows.end(), block.primary_energy.begin(), block.primary_energy.end());
    }

private:
    std::vector<hsize_t> grid_;
};

bool recognises(Hdf5File const& file)
{
    return file.holds(cells_name) && file.holds(energies_name) && !file.holds("target");
}

std::unique_ptr<StoredShowers> open(Hdf5File const& file, std::optional<Detector> const& known)
{
    FloatDataSet cells(file, cells_name);
    auto detector = detector_of(cells, known, known_grid(cells));
    return std::make_unique<VariableAngleShowers>(std::move(detector), std::move(cells),
                                                  FloatDataSet(file, energies_name));
}

std::unique_ptr<WrittenShowers> write(Detector const& detector)
{
    return std::make_unique<VariableAngleForm>(detector);
}

}  // namespace

LayoutRow const variable_angle_layout{Layout::variable_angle, CellOrder::grid, recognises, open,
                                      write};

}  // namespace lowcal::data
