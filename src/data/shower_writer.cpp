#include "data/shower_writer.hpp"

#include "core/atomic_file.hpp"
#include "core/error.hpp"
#include "data/data_set_writer.hpp"
#include "data/hdf5_file.hpp"
#include "data/output_driver.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace lowcal::data {
namespace {

constexpr float electron_code = 11.0F;
constexpr float mev_per_gev = 1000.0F;
constexpr hsize_t showers_per_chunk = 16;
constexpr hsize_t numbers_per_chunk = 1024;

/// Removes a file at the end of its life, unless told otherwise.
class TemporaryFile {
public:
    explicit TemporaryFile(std::filesystem::path path) : path_(std::move(path)) {}
    ~TemporaryFile()
    {
        std::error_code ignored;
        if (!path_.empty()) std::filesystem::remove(path_, ignored);
    }
    TemporaryFile(TemporaryFile const&) = delete;
    TemporaryFile& operator=(TemporaryFile const&) = delete;
    std::filesystem::path const& path() const { return path_; }
    void keep() { path_.clear(); }

private:
    std::filesystem::path path_;
};

Hdf5Handle create_file(std::filesystem::path const& temporary, std::filesystem::path const& path,
                       OutputStatus& status)
{
    silence_hdf5();
    std::string const problem = "cannot write " + path.string();
    auto const access = checked(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, problem);
    use_output_driver(access.get(), status);
    checked(H5Pset_file_locking(access.get(), false, true), problem);
    auto const file = H5Fcreate(temporary.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.get());
    if (file < 0 && status.first_error != 0)
        throw InputError(problem, std::strerror(status.first_error));
    return {checked(file, problem), H5Fclose};
}

/// [x][y][z] in GeV to [z][x][y] in MeV.
void to_layers(std::span<float const> cells, std::span<float> layers)
{
    constexpr auto columns = Window::x * Window::y;
    for (std::size_t z = 0; z < Window::z; ++z)
        for (std::size_t column = 0; column < columns; ++column)
            layers[z * columns + column] = cells[column * Window::z + z] * mev_per_gev;
}

DataSetWriter::Config cells_config(ShowerWriter::Config const& config)
{
    DataSetWriter::Config result{
        "ECAL", {Window::x, Window::y, Window::z}, showers_per_chunk, config.compression, "GeV"};
    if (config.layout == Layout::calochallenge) {
        result.name = "showers";
        result.row_shape = {Window::cells};
        result.unit = "MeV";
    }
    return result;
}

DataSetWriter::Config energies_config(ShowerWriter::Config const& config)
{
    DataSetWriter::Config result{
        "target", {2}, numbers_per_chunk, config.compression, "PDG code, GeV"};
    if (config.layout == Layout::calochallenge) {
        result.name = "incident_energies";
        result.row_shape = {1};
        result.unit = "MeV";
    }
    return result;
}

void require_writable(std::filesystem::path const& path, ShowerWriter::Config const& config)
{
    std::string const problem = "cannot write " + path.string();
    if (config.layout == Layout::variable_angle)
        throw InputError(problem, "the variable-angle layout can only be read",
                         "use clic or calochallenge");
    if (config.compression < 0 || config.compression > 9)
        throw InputError(problem, fmt::format("there is no gzip level {}", config.compression),
                         "use 0 to 9");
    std::error_code error;
    if (std::filesystem::exists(path, error) && !std::filesystem::is_regular_file(path, error))
        throw InputError(problem, "it is a folder or a device, not a regular file");
    if (path.has_parent_path() && !std::filesystem::is_directory(path.parent_path(), error))
        throw InputError(problem, "there is no folder " + path.parent_path().string());
}

}  // namespace

struct ShowerWriter::State {
    State(std::filesystem::path const& final_path, Config given)
        : path(final_path),
          config(std::move(given)),
          temporary(temporary_beside(path)),
          file(create_file(temporary.path(), path, status)),
          cells(file.get(), cells_config(config)),
          energies(file.get(), energies_config(config))
    {
    }

    void append_cells(std::span<float const> block);
    void append_energies(std::span<float const> block);
    void start(ShowerBlock const& first);
    template <class Action>
    void attempt(Action&& action) const;
    void finish();

    std::filesystem::path path;
    Config config;
    OutputStatus status;
    TemporaryFile temporary;  // outlives the handles below, which HDF5 must close first
    Hdf5Handle file;
    DataSetWriter cells;
    DataSetWriter energies;
    std::optional<DataSetWriter> seconds;
    std::optional<DataSetWriter> entry_points;
    std::optional<DataSetWriter> latent;
    std::size_t count = 0;
};

void ShowerWriter::State::append_cells(std::span<float const> block)
{
    if (config.layout == Layout::clic) return cells.append(block);
    constexpr std::size_t step = showers_per_chunk * Window::cells;
    std::vector<float> layers(std::min(step, block.size()));
    while (!block.empty()) {
        auto const size = std::min(step, block.size());
        for (std::size_t at = 0; at < size; at += Window::cells)
            to_layers(block.subspan(at, Window::cells),
                      std::span(layers).subspan(at, Window::cells));
        cells.append(std::span(layers).first(size));
        block = block.subspan(size);
    }
}

void ShowerWriter::State::append_energies(std::span<float const> block)
{
    std::vector<float> rows;
    rows.reserve(2 * block.size());
    for (float const energy : block) {
        if (config.layout == Layout::clic) rows.push_back(electron_code);
        rows.push_back(config.layout == Layout::clic ? energy : energy * mev_per_gev);
    }
    energies.append(rows);
}

/// Before anything is appended, so that the file's bytes do not depend on the first block's size.
void ShowerWriter::State::start(ShowerBlock const& first)
{
    if (!first.latent.empty())
        latent.emplace(file.get(), DataSetWriter::Config{"latent",
                                                         {first.latent.size() / first.count()},
                                                         numbers_per_chunk,
                                                         config.compression,
                                                         "1"});
    if (!first.monte_carlo_seconds.empty())
        seconds.emplace(
            file.get(),
            DataSetWriter::Config{"cpu_seconds", {}, numbers_per_chunk, config.compression, "s"});
    if (!first.entry_point.empty())
        entry_points.emplace(
            file.get(),
            DataSetWriter::Config{"vertex_mm", {2}, numbers_per_chunk, config.compression, "mm"});
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
    cells.finish();
    energies.finish();
    if (seconds) seconds->finish();
    if (entry_points) entry_points->finish();
    if (latent) latent->finish();
    for (auto const& [name, value] : config.provenance)
        write_string_attribute(file.get(), name, value);
    file.close("the file cannot be completed");
}

ShowerWriter::ShowerWriter(std::filesystem::path const& path, Config config)
{
    require_writable(path, config);
    state_ = std::make_unique<State>(path, std::move(config));
}

ShowerWriter::~ShowerWriter() = default;
ShowerWriter::ShowerWriter(ShowerWriter&&) noexcept = default;
ShowerWriter& ShowerWriter::operator=(ShowerWriter&&) noexcept = default;

void ShowerWriter::append(ShowerBlock const& block)
{
    assert(block.cells.size() == block.count() * Window::cells);
    if (block.count() == 0) return;
    bool const timed = !block.monte_carlo_seconds.empty();
    assert(!timed || block.monte_carlo_seconds.size() == block.count());
    assert(state_->count == 0 || timed == state_->seconds.has_value());
    assert(state_->count == 0 || block.latent.empty() != state_->latent.has_value());
    bool const placed = !block.entry_point.empty();
    assert(!placed || block.entry_point.size() == 2 * block.count());
    assert(state_->count == 0 || placed == state_->entry_points.has_value());
    state_->attempt([&] {
        if (state_->count == 0) state_->start(block);
        state_->append_cells(block.cells);
        state_->append_energies(block.primary_energy);
        if (timed) state_->seconds->append(block.monte_carlo_seconds);
        if (placed) state_->entry_points->append(block.entry_point);
        if (state_->latent) state_->latent->append(block.latent);
    });
    state_->count += block.count();
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
    commit_file(state_->temporary.path(), state_->path);
    state_->temporary.keep();
}

}  // namespace lowcal::data
