#include "data/shower_file.hpp"

#include "core/error.hpp"
#include "data/reading/dropped_showers.hpp"
#include "data/shower_columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace lowcal::data {
namespace {

constexpr std::size_t widest_column = 4096;  ///< numbers of a shower beside its cells

void require_count(FloatDataSet const& data_set, std::size_t count, FloatDataSet const& cells)
{
    if (data_set.shape()[0] == count) return;
    throw InputError("cannot read " + data_set.label(),
                     fmt::format("it is for {} showers, but {} holds {}", data_set.shape()[0],
                                 cells.label(), count));
}

}  // namespace

ShowerFile::ShowerFile(std::filesystem::path const& path, Config const& config)
    : file_(path, ExternalFiles(path, config.external)),
      opened_(open_stored_showers(file_, config.detector))
{
    auto const& cells = showers().cells();
    count_ = cells.shape()[0];
    if (count_ == 0) throw InputError("cannot read " + cells.label(), "it holds no showers");
    require_count(showers().energies(), count_, cells);
    open_columns();
}

/// Known columns of which a file is wrong are errors where they describe its Monte Carlo; others
/// are left out, so that a file can be read whatever it calls `theta`.
void ShowerFile::open_columns()
{
    auto const own = showers().own_columns();
    for (std::size_t i = 0; i < own.size(); ++i)
        columns_.push_back({.name = own[i].name, .width = own[i].width, .own = i});
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
                                            showers().cells().label(), count_)};
    if (known != nullptr && known->width != 0 && known->width != width)
        return NotCarried{name, fmt::format("its shape is {}, expected {} for each shower",
                                            data_set.shape_text(), known->width)};
    if (width == 0 || width > widest_column)
        return NotCarried{name, fmt::format("its shape is {}: too wide", data_set.shape_text())};
    if (known == nullptr && !data_set.fits_float32())
        return NotCarried{name, "its numbers are not kept by float32"};
    columns_.push_back({.name = name, .width = width, .data_set = std::move(data_set)});
    return std::nullopt;
} catch (InputError const& error) {
    return NotCarried{name, error.what()};
}

std::vector<ShowerFile::NotCarried> ShowerFile::find_all_columns()
{
    std::vector<NotCarried> rest;
    auto const& energies = showers().energies();
    if (energies.shape().size() == 2 && energies.shape()[1] > showers().known_columns())
        rest.push_back({energies.name(), "columns behind the primary energy"});
    for (auto const& name : file_.names()) {
        bool const read = name == showers().cells().name() || name == energies.name() ||
                          is_column(name) || showers().has_part(name);
        if (read || name == dropped_showers_name) continue;
        if (auto problem = add_column(name)) rest.push_back(std::move(*problem));
    }
    for (auto& [name, reason] : file_.root_attributes(VariableTexts::all).others)
        rest.push_back({name, reason});
    return rest;
}

std::map<std::string, std::string> ShowerFile::string_attributes(VariableTexts texts) const
{
    return file_.root_attributes(texts).texts;
}

std::vector<std::uint64_t> ShowerFile::dropped_showers() const
{
    return read_dropped_showers(file_);
}

void ShowerFile::read_column(Column const& column, std::size_t first, std::span<float> out) const
{
    assert(out.size() % column.width == 0);
    if (!column.data_set) return showers().read_own_column(column.own, first, out);
    hsize_t const count = out.size() / column.width;
    if (column.data_set->shape().size() == 1)
        column.data_set->read({{first}, {count}}, out);
    else
        column.data_set->read({{first, 0}, {count, column.width}}, out);
}

}  // namespace lowcal::data
