#include "data/writing/shower_writer.hpp"

#include "core/detector/detector_json.hpp"
#include "core/error.hpp"
#include "core/files/atomic_file.hpp"
#include "core/files/output_path.hpp"
#include "data/hdf5/hdf5_file.hpp"
#include "data/layouts/written_showers.hpp"
#include "data/reading/dropped_showers.hpp"
#include "data/shower_columns.hpp"
#include "data/writing/data_set_writer.hpp"
#include "data/writing/output_driver.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <map>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace lowcal::data {
namespace {

constexpr hsize_t numbers_per_chunk = 1024;

/// As many as make about a mebibyte.
hsize_t showers_per_chunk(Detector const& detector)
{
    constexpr std::size_t bytes = std::size_t{1} << 20U;
    constexpr std::size_t most = 1024;
    return std::clamp<std::size_t>(bytes / (sizeof(float) * detector.cells()), 1, most);
}

void require_writable(std::filesystem::path const& path, ShowerWriter::Config const& config)
{
    std::string const problem = "cannot write " + path.string();
    if (config.compression < 0 || config.compression > 9)
        throw InputError(problem, fmt::format("there is no gzip level {}", config.compression),
                         "use 0 to 9");
    require_output_path(path, FileKind::hdf5);
}

/// By the name of what a block knows of its showers beside cells and energies: numbers of a shower.
using Widths = std::map<std::string, std::size_t, std::less<>>;

void add_width(Widths& widths, std::string_view name, std::size_t numbers, std::size_t width,
               std::size_t showers)
{
    if (numbers != width * showers || width == 0)
        throw InputError(fmt::format("{} has {} numbers for {} showers", name, numbers, showers));
    widths.emplace(name, width);
}

/// Throws InputError where a size is none of whole showers.
Widths widths_of(ShowerBlock const& block)
{
    auto const showers = block.count();
    Widths widths;
    for (auto const& known : known_columns) {
        auto const numbers = (block.*known.values).size();
        auto const width = known.width == 0 ? numbers / showers : known.width;
        if (numbers != 0) add_width(widths, known.name, numbers, width, showers);
    }
    for (auto const& [name, column] : block.more)
        add_width(widths, name, column.values.size(), column.width, showers);
    return widths;
}

/// Throws InputError where one of two blocks knows what the other does not.
void require_same(Widths const& first, Widths const& block)
{
    auto const require = [](Widths const& these, Widths const& others, char const* problem) {
        for (auto const& [name, width] : these) {
            auto const found = others.find(name);
            if (found == others.end()) throw InputError(name + problem);
            if (found->second != width)
                throw InputError(fmt::format("{} has {} numbers a shower, and {} of others", name,
                                             width, found->second));
        }
    };
    require(first, block, " is known of the first showers, not of these");
    require(block, first, " is known of these showers, not of the first");
}

}  // namespace

struct ShowerWriter::State {
    State(std::filesystem::path const& final_path, Detector const& detector, Config given)
        : path(final_path),
          config(std::move(given)),
          detector_text(to_json(detector)),
          shower_size(detector.cells()),
          form(write_showers(config.layout, detector)),
          temporary(path),
          file(create_output_file(temporary, path, status)),
          cells(form->write_cells(file.get(), {showers_per_chunk(detector), config.compression})),
          energies(file.get(),
                   CellStorage{numbers_per_chunk, config.compression}.complete(form->energies()))
    {
    }

    /// What the block's numbers are multiplied by.
    Units scale() const
    {
        auto const stored = units_of(config.layout);
        return {.cells = stored.cells / config.units.cells,
                .energies = stored.energies / config.units.energies};
    }

    void require_fitting(ShowerBlock const& block);
    void append_energies(ShowerBlock const& block);
    void start(ShowerBlock const& first);
    void start_column(std::string_view name, std::size_t width, std::string_view unit);
    void append_columns(ShowerBlock const& block);
    template <class Action>
    void attempt(Action&& action) const;
    void finish();

    std::filesystem::path path;
    Config config;
    std::string detector_text;
    std::size_t shower_size;
    std::unique_ptr<WrittenShowers> form;
    OutputStatus status;
    TemporaryFile temporary;  // outlives the handles below, which HDF5 must close first
    Hdf5Handle file;
    std::unique_ptr<CellWriter> cells;
    DataSetWriter energies;
    Widths widths;  // of the first block
    std::map<std::string, DataSetWriter, std::less<>> columns;
    std::vector<std::uint64_t> dropped;
    std::size_t count = 0;
};

/// Before anything is written.
void ShowerWriter::State::require_fitting(ShowerBlock const& block)
{
    if (block.cells.size() != block.count() * shower_size)
        throw InputError(fmt::format("{} showers have {} cells; the detector has {} a shower",
                                     block.count(), block.cells.size(), shower_size));
    if (block.count() == 0) return;
    auto const these = widths_of(block);
    if (count == 0)
        widths = these;
    else
        require_same(widths, these);
}

void ShowerWriter::State::append_energies(ShowerBlock const& block)
{
    std::vector<float> rows;
    rows.reserve(2 * block.count());
    form->pack_energies(block, scale().energies, rows);
    energies.append(rows);
}

void ShowerWriter::State::start_column(std::string_view name, std::size_t width,
                                       std::string_view unit)
{
    DataSetWriter::Config column{
        std::string(name), {}, numbers_per_chunk, config.compression, std::string(unit)};
    if (width > 1) column.row_shape = {width};
    columns.try_emplace(column.name, file.get(), column);
}

/// Before anything is appended, so that the file's bytes do not depend on the first block's size.
void ShowerWriter::State::start(ShowerBlock const& first)
{
    for (auto const& known : known_columns)
        if (!(first.*known.values).empty() && !form->keeps(known.name))
            start_column(known.name, widths.at(std::string(known.name)), known.unit);
    for (auto const& [name, column] : first.more)
        if (!form->keeps(name)) start_column(name, column.width, "");
}

void ShowerWriter::State::append_columns(ShowerBlock const& block)
{
    for (auto& [name, writer] : columns) {
        auto const* const known = find_known_column(name);
        writer.append(known != nullptr ? block.*known->values : block.more.at(name).values);
    }
}

/// Does a step of the writing; a failure of the disk comes before what HDF5 makes of it.
template <class Action>
void ShowerWriter::State::attempt(Action&& action) const
{
    std::string reason;
    try {
        action();
    } catch (InputError const& error) {
        reason = error.what();
    }
    if (status.first_error != 0) reason = std::strerror(status.first_error);
    if (!reason.empty()) throw InputError("cannot write " + path.string(), reason);
}

void ShowerWriter::State::finish()
{
    cells->finish();
    energies.finish();
    for (auto& [name, writer] : columns) writer.finish();
    write_dropped_showers(file.get(), dropped);
    config.provenance[detector_key] = detector_text;
    for (auto const& [name, value] : config.provenance)
        write_string_attribute(file.get(), name, value);
    file.close("the file cannot be completed");
}

ShowerWriter::ShowerWriter(std::filesystem::path const& path, Detector const& detector,
                           Config config)
{
    require_writable(path, config);
    state_ = std::make_unique<State>(path, detector, std::move(config));
}

ShowerWriter::~ShowerWriter() = default;
ShowerWriter::ShowerWriter(ShowerWriter&&) noexcept = default;
ShowerWriter& ShowerWriter::operator=(ShowerWriter&&) noexcept = default;

void ShowerWriter::append(ShowerBlock const& block)
{
    state_->attempt([&] { state_->require_fitting(block); });
    if (block.count() == 0) return;
    state_->attempt([&] {
        if (state_->count == 0) state_->start(block);
        state_->cells->append(block, state_->scale().cells);
        state_->append_energies(block);
        state_->append_columns(block);
    });
    state_->count += block.count();
}

void ShowerWriter::drop(std::vector<std::uint64_t> const& indices)
{
    state_->dropped.insert(state_->dropped.end(), indices.begin(), indices.end());
}

void ShowerWriter::annotate(std::string const& name, std::string const& value)
{
    state_->config.provenance[name] = value;
}

std::size_t ShowerWriter::count() const
{
    return state_->count;
}

void ShowerWriter::close()
{
    if (state_->count == 0)
        throw InputError("cannot write " + state_->path.string(), "there is no shower to write");
    state_->attempt([&] { state_->finish(); });
    state_->temporary.commit();
}

}  // namespace lowcal::data
