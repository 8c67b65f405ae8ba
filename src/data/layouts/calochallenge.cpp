#include "core/detector/known_detectors.hpp"
#include "core/error.hpp"
#include "data/hdf5/hdf5_file.hpp"
#include "data/layouts/depth_first.hpp"
#include "data/layouts/layout_row.hpp"
#include "data/writing/row_cells.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace lowcal::data {
namespace {

constexpr char const* cells_name = "showers";
constexpr char const* energies_name = "incident_energies";

/// The detector of that many voxels; none where it is not known.
Detector const* known_voxels(Shape const& shape)
{
    for (auto const* const detector : {&calochallenge_2(), &calochallenge_3(), &clic_detector()})
        if (shape.size() == 2 && shape[1] == detector->cells()) return detector;
    return nullptr;
}

class CaloChallengeShowers : public StoredShowers {
public:
    CaloChallengeShowers(Detector detector, FloatDataSet cells, FloatDataSet energies)
        : StoredShowers(Layout::calochallenge, std::move(detector), std::move(cells),
                        std::move(energies)),
          order_(this->detector())
    {
        auto const& shape = this->cells().shape();
        if (shape.size() != 2 || shape[1] != this->detector().cells())
            refuse_shape(this->cells(),
                         fmt::format("[N, {}], the detector's {}", this->detector().cells(),
                                     cells_text(this->detector())));
        require_one_number(this->energies());
    }

    LeftOut read_cells(std::size_t first, std::span<float> out) const override
    {
        auto const size = detector().cells();
        cells().read({{first, 0}, {out.size() / size, size}}, out);
        std::vector<float> voxels(size);
        for (; !out.empty(); out = out.subspan(size)) {
            std::copy_n(out.begin(), size, voxels.begin());
            order_.to_memory(voxels, out.first(size));
        }
        return {};
    }
    void read_energies(std::size_t first, std::span<float> out) const override
    {
        read_numbers(energies(), first, 0, out);
    }

private:
    DepthFirst order_;
};

class CaloChallengeForm : public WrittenShowers {
public:
    explicit CaloChallengeForm(Detector const& detector)
        : order_(detector), cells_(detector.cells())
    {
    }

    std::unique_ptr<CellWriter> write_cells(hid_t file, CellStorage const& storage) const override
    {
        return std::make_unique<RowCells>(
            file, storage.complete({.name = cells_name, .row_shape = {cells_}, .unit = "MeV"}),
            [order = order_](std::span<float const> shower, std::span<float> row) {
                order.from_memory(shower, row);
            });
    }
    DataSetWriter::Config energies() const override
    {
        return {.name = energies_name, .row_shape = {1}, .unit = "MeV"};
    }
    void pack_energies(ShowerBlock const& block, float scale,
                       std::vector<float>& rows) const override
    {
        for (float const energy : block.primary_energy) rows.push_back(energy * scale);
    }

private:
    DepthFirst order_;
    hsize_t cells_;
};

bool recognises(Hdf5File const& file)
{
    return file.holds(cells_name) || file.holds(energies_name);
}

std::unique_ptr<StoredShowers> open(Hdf5File const& file, std::optional<Detector> const& known)
{
    FloatDataSet cells(file, cells_name);
    auto detector = detector_of(cells, known, known_voxels(cells.shape()));
    return std::make_unique<CaloChallengeShowers>(std::move(detector), std::move(cells),
                                                  FloatDataSet(file, energies_name));
}

std::unique_ptr<WrittenShowers> write(Detector const& detector)
{
    return std::make_unique<CaloChallengeForm>(detector);
}

}  // namespace

LayoutRow const calochallenge_layout{Layout::calochallenge, CellOrder::list, recognises, open,
                                     write};

}  // namespace lowcal::data
