#include "data/shower_file.hpp"

#include "core/calorimeter.hpp"
#include "core/error.hpp"
#include "data/dropped_showers.hpp"
#include "data/shower_columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>

namespace lowcal::data {
namespace {

constexpr hsize_t variable_angle_width = 51;
constexpr float variable_angle_scale = 50.0F;
constexpr float mev_per_gev = 1000.0F;
constexpr std::size_t widest_column = 4096;  ///< numbers of a shower beside its cells

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

void require_count(FloatDataSet const& data_set, std::size_t count, FloatDataSet const& cells)
{
    if (data_set.shape()[0] == count) return;
    throw InputError("cannot read " + data_set.label(),
                     fmt::format("it is for {} showers, but {} holds {}", data_set.shape()[0],
                                 cells.label(), count));
}

/// Reads one number per shower from [N] or from a column of [N,M].
void read_numbers(FloatDataSet const& data_set, std::size_t first, hsize_t column,
                  std::span<float> out)
{
    Box box{{first}, {out.size()}};
    if (data_set.shape().size() == 2) box = {{first, column}, {out.size(), 1}};
    data_set.read(box, out);
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

ShowerFile::ShowerFile(std::filesystem::path const& path, ExternalStorage external)
    : file_(path, ExternalFiles(path, external))
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
    count_ = cells_->shape()[0];
    if (count_ == 0) throw InputError("cannot read " + cells_->label(), "it holds no showers");
    require_count(*energies_, count_, *cells_);
    open_columns();
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

/// Known columns of which a file is wrong are errors where they describe its Monte Carlo; others
/// are left out, so that a file can be read whatever it calls `theta`.
void ShowerFile::open_columns()
{
    if (layout_ == Layout::clic)
        columns_.push_back({std::string(pdg_column), 1, 0, FloatDataSet(file_, "target")});
    for (auto const& known : known_columns) {
        std::string const name(known.name);
        if (is_column(name) || !file_.holds(name)) continue;
        auto const problem = add_column(name);
        if (problem && (name == "cpu_seconds" || name == "vertex_mm"))
            throw InputError("cannot read " + file_.path().string() + ": data set " + name,
                             problem->reason);
    }
}

bool ShowerFile::is_column(std::string const& name) const
{
    return std::any_of(columns_.begin(), columns_.end(),
                       [&](Column const& column) { return column.name == name; });
}

/// Makes a data set a column, or says why it is none.
std::optional<ShowerFile::NotCarried> ShowerFile::add_column(std::string const& name)
try {
    FloatDataSet data_set(file_, name);
    auto const& shape = data_set.shape();
    auto const* const known = find_known_column(name);
    auto const width = shape.size() == 2 ? static_cast<std::size_t>(shape[1]) : std::size_t{1};
    if (shape.size() != 1 && shape.size() != 2)
        return NotCarried{name, fmt::format("its shape is {}, expected [{}] or [{}, M]",
                                            data_set.shape_text(), count_, count_)};
    if (shape[0] != count_)
        return NotCarried{name, fmt::format("it is for {} showers, but {} holds {}", shape[0],
                                            cells_->label(), count_)};
    if (known != nullptr && known->width != 0 && known->width != width)
        return NotCarried{name, fmt::format("its shape is {}, expected {} for each shower",
                                            data_set.shape_text(), known->width)};
    if (width == 0 || width > widest_column)
        return NotCarried{name, fmt::format("its shape is {}: too wide", data_set.shape_text())};
    if (known == nullptr && !data_set.fits_float32())
        return NotCarried{name, "its numbers are of more than 32 bits"};
    columns_.push_back({name, width, 0, std::move(data_set)});
    return std::nullopt;
} catch (InputError const& error) {
    return NotCarried{name, error.what()};
}

std::vector<ShowerFile::NotCarried> ShowerFile::find_all_columns()
{
    std::vector<NotCarried> rest;
    if (layout_ == Layout::clic && energies_->shape()[1] > 2)
        rest.push_back({"target", "columns behind the primary energy"});
    for (auto const& name : file_.names()) {
        bool const read = name == cells_->name() || name == energies_->name() || is_column(name);
        if (read || name == dropped_showers_name) continue;
        if (auto problem = add_column(name)) rest.push_back(std::move(*problem));
    }
    return rest;
}

std::map<std::string, std::string> ShowerFile::string_attributes(VariableTexts texts) const
{
    return file_.string_attributes(texts);
}

std::vector<std::uint64_t> ShowerFile::dropped_showers() const
{
    return read_dropped_showers(file_);
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
    read_numbers(*energies_, first, layout_ == Layout::clic ? 1 : 0, out);
    if (layout_ == Layout::calochallenge)
        for (auto& energy : out) energy /= mev_per_gev;
}

void ShowerFile::read_column(Column const& column, std::size_t first, std::span<float> out) const
{
    assert(out.size() % column.width == 0);
    hsize_t const count = out.size() / column.width;
    if (column.data_set.shape().size() == 1)
        column.data_set.read({{first}, {count}}, out);
    else
        column.data_set.read({{first, column.first}, {count, column.width}}, out);
}

}  // namespace lowcal::data
