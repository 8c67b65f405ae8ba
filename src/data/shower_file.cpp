#include "data/shower_file.hpp"

#include "core/calorimeter.hpp"
#include "core/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>

namespace lowcal::data {
namespace {

using Shape = std::vector<hsize_t>;

constexpr hsize_t variable_angle_width = 51;
constexpr float variable_angle_scale = 50.0F;
constexpr float mev_per_gev = 1000.0F;

bool is_window(Shape const& shape)
{
    return shape.size() == 4 && shape[1] == Window::x && shape[2] == Window::y &&
           shape[3] == Window::z;
}

bool is_variable_angle(Shape const& shape)
{
    return shape.size() == 4 && shape[1] == variable_angle_width &&
           shape[2] == variable_angle_width && shape[3] == Window::z;
}

[[noreturn]] void refuse_shape(FloatDataSet const& data_set, std::string_view expected)
{
    throw InputError("cannot read " + data_set.label(),
                     fmt::format("its shape is {}, expected {}", data_set.shape_text(), expected));
}

/// One number per shower, as [N] or [N,1].
void require_column(FloatDataSet const& data_set)
{
    auto const& shape = data_set.shape();
    if (shape.size() == 1 || (shape.size() == 2 && shape[1] == 1)) return;
    refuse_shape(data_set, "[N] or [N, 1]");
}

/// Reads one number per shower from [N] or from a column of [N,M].
void read_column(FloatDataSet const& data_set, std::size_t first, hsize_t column,
                 std::span<float> out)
{
    FloatDataSet::Slab slab{{first}, {out.size()}};
    if (data_set.shape().size() == 2) slab = {{first, column}, {out.size(), 1}};
    data_set.read(slab, out);
}

/// [z][x][y] in MeV to [x][y][z] in GeV.
void from_layers(std::span<float const> layers, std::span<float> cells)
{
    constexpr auto columns = Window::x * Window::y;
    for (std::size_t column = 0; column < columns; ++column)
        for (std::size_t z = 0; z < Window::z; ++z)
            cells[column * Window::z + z] = layers[z * columns + column] / mev_per_gev;
}

}  // namespace

ShowerFile::ShowerFile(std::filesystem::path const& path) : file_(path)
{
    if (file_.holds("ECAL")) {
        open_ecal();
    } else if (file_.holds("showers") || file_.holds("incident_energies")) {
        open_calochallenge();
    } else {
        throw InputError("cannot read showers from " + path.string(),
                         "there is neither a data set ECAL (CLIC layout) nor a data set showers "
                         "(CaloChallenge layout)");
    }
    if (file_.holds("cpu_seconds")) {
        seconds_.emplace(file_, "cpu_seconds");
        require_column(*seconds_);
    }
    if (file_.holds("vertex_mm")) {
        entry_points_.emplace(file_, "vertex_mm");
        auto const& shape = entry_points_->shape();
        if (shape.size() != 2 || shape[1] != 2) refuse_shape(*entry_points_, "[N, 2]");
    }
    count_ = cells_->shape()[0];
    if (count_ == 0) throw InputError("cannot read " + cells_->label(), "it holds no showers");
    require_equal_counts();
}

void ShowerFile::open_ecal()
{
    cells_.emplace(file_, "ECAL");
    if (is_variable_angle(cells_->shape())) {
        layout_ = Layout::variable_angle;
        energies_.emplace(file_, "energy");
        require_column(*energies_);
        return;
    }
    if (!is_window(cells_->shape()))
        refuse_shape(*cells_, "[N, 25, 25, 25] (CLIC) or [N, 51, 51, 25] (variable angle)");
    layout_ = Layout::clic;
    energies_.emplace(file_, "target");
    auto const& shape = energies_->shape();
    if (shape.size() != 2 || shape[1] < 2)
        refuse_shape(*energies_, "[N, 2] or wider, with the primary energy in column 1");
}

void ShowerFile::open_calochallenge()
{
    layout_ = Layout::calochallenge;
    cells_.emplace(file_, "showers");
    energies_.emplace(file_, "incident_energies");
    auto const& shape = cells_->shape();
    if (shape.size() == 2 && shape[1] != Window::cells)
        throw InputError("cannot read " + cells_->label(),
                         fmt::format("it has {} voxels a shower: only files with {} voxels make "
                                     "our window of 25 x 25 x 25 cells",
                                     shape[1], Window::cells));
    if (shape.size() != 2) refuse_shape(*cells_, "[N, 15625]");
    require_column(*energies_);
}

void ShowerFile::require_equal_counts() const
{
    for (auto const* other : {&energies_, &seconds_, &entry_points_}) {
        if (!other->has_value() || (*other)->shape()[0] == count_) continue;
        throw InputError("cannot read " + (*other)->label(),
                         fmt::format("it is for {} showers, but {} holds {}", (*other)->shape()[0],
                                     cells_->label(), count_));
    }
}

std::map<std::string, std::string> ShowerFile::string_attributes() const
{
    return file_.string_attributes();
}

void ShowerFile::read_cells(std::size_t first, std::span<float> out) const
{
    assert(out.size() % Window::cells == 0);
    hsize_t const count = out.size() / Window::cells;
    if (layout_ == Layout::clic) {
        cells_->read({{first, 0, 0, 0}, {count, Window::x, Window::y, Window::z}}, out);
    } else if (layout_ == Layout::variable_angle) {
        constexpr hsize_t margin_x = (variable_angle_width - Window::x) / 2;
        constexpr hsize_t margin_y = (variable_angle_width - Window::y) / 2;
        cells_->read({{first, margin_x, margin_y, 0}, {count, Window::x, Window::y, Window::z}},
                     out);
        for (auto& cell : out) cell /= variable_angle_scale;
    } else {
        cells_->read({{first, 0}, {count, Window::cells}}, out);
        std::array<float, Window::cells> layers;
        for (std::size_t i = 0; i < count; ++i) {
            auto const shower = out.subspan(i * Window::cells, Window::cells);
            std::copy(shower.begin(), shower.end(), layers.begin());
            from_layers(layers, shower);
        }
    }
}

void ShowerFile::read_energies(std::size_t first, std::span<float> out) const
{
    read_column(*energies_, first, layout_ == Layout::clic ? 1 : 0, out);
    if (layout_ == Layout::calochallenge)
        for (auto& energy : out) energy /= mev_per_gev;
}

void ShowerFile::read_seconds(std::size_t first, std::span<float> out) const
{
    assert(seconds_.has_value());
    read_column(*seconds_, first, 0, out);
}

void ShowerFile::read_entry_points(std::size_t first, std::span<float> out) const
{
    assert(entry_points_.has_value());
    entry_points_->read({{first, 0}, {out.size() / 2, 2}}, out);
}

}  // namespace lowcal::data
