#include "data/reading/shower_reader.hpp"

#include "core/error.hpp"
#include "data/hdf5/read_advice.hpp"
#include "data/reading/shower_service.hpp"
#include "data/shower_columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

namespace lowcal::data {
namespace {

constexpr std::size_t energies_a_step = 1U << 16U;

void require_positive(std::span<float const> energies, std::size_t first, ShowerService const& file)
{
    for (std::size_t i = 0; i < energies.size(); ++i) {
        float const energy = energies[i];
        if (energy > 0.0F && std::isfinite(energy)) continue;
        throw InputError(fmt::format("{}, shower {}: bad primary energy",
                                     file.content().energies_label, first + i),
                         fmt::format("{} is not a finite number above zero", energy));
    }
}

}  // namespace

struct ShowerReader::State {
    State(std::filesystem::path const& path, Config given)
        : file(path,
               {.external = given.external, .columns = given.columns, .detector = given.detector}),
          config(std::move(given))
    {
        known_detector = file.content().detector;
        report.file = path.string();
        report.is_being_written = is_locked_by_a_writer(path);
        report.layout = file.content().layout;
        report.primary_energies = detector().primary_energies;
        report.negative_cells_are = config.negative_cells;
        stored = units_of(report.layout);
        if (config.unit_of == report.layout) units = stored;
        for (std::size_t i = 0; i < file.content().columns.size(); ++i)
            if (is_wanted(column(i).name)) columns.push_back(i);
        if (file.content().detector_is_guessed) doubt_energies();
    }

    Detector const& detector() const { return known_detector; }
    /// Cells under this are set to zero, in the blocks' unit.
    float quiet_below() const
    {
        return config.quiet_cells == QuietCells::zeroed
                   ? static_cast<float>(detector().smallest_cell) * units.cells
                   : 0.0F;
    }
    void read_energies(std::size_t first, std::span<float> out, float unit);
    void read_cells(std::size_t first, std::span<float> out);

    ShowerFileContent::Column const& column(std::size_t index) const
    {
        return file.content().columns[index];
    }

    /// Place of a condition among the file's columns; none where it is not there.
    std::optional<std::size_t> find(ConditionInfo const& condition) const
    {
        auto const& all = file.content().columns;
        auto const found =
            std::ranges::find(all, column_name(condition), &ShowerFileContent::Column::name);
        if (found == all.end() || found->width != condition.width) return std::nullopt;
        return static_cast<std::size_t>(found - all.begin());
    }

    bool is_wanted(std::string const& name) const
    {
        auto const* const known = find_known_column(name);
        return config.columns == Columns::all || (known != nullptr && known->always_read);
    }

    std::size_t existing(std::size_t first, std::size_t count) const
    {
        auto const all = file.content().count;
        return first >= all ? 0 : std::min(count, all - first);
    }
    void append(ShowerBlock& block, std::size_t first, std::size_t count);
    CellRules cell_rules() const
    {
        return {.smallest = quiet_below(), .negative = config.negative_cells};
    }
    [[noreturn]] void refuse(std::size_t shower, std::span<float const> cells) const;
    void account(float energy, CellCheck const& check);

    void read_columns(std::size_t first, std::size_t count);
    void keep_columns(ShowerBlock& block, std::size_t row) const;

    bool has_energies_in(EnergyBin const& range);
    void doubt_energies();

    ShowerService file;
    Config config;
    Detector known_detector;
    ReadReport report;
    Units stored;                          ///< of the file's numbers
    Units units;                           ///< of the blocks'
    std::vector<std::size_t> columns;      ///< of the file's, those that blocks get
    std::vector<std::vector<float>> rows;  ///< of each column, of the last showers read
};

/// Reads `count` showers that exist behind those of `block`, checks them and keeps the good ones.
void ShowerReader::State::append(ShowerBlock& block, std::size_t first, std::size_t count)
{
    auto kept = block.count();
    block.primary_energy.resize(kept + count);
    auto const energies = std::span(block.primary_energy).subspan(kept);
    read_energies(first, energies, units.energies);
    auto const size = detector().cells();
    block.cells.resize((kept + count) * size);
    read_cells(first, std::span(block.cells).subspan(kept * size));
    read_columns(first, count);

    auto const cells_of = [&](std::size_t index) {
        return std::span(block.cells).subspan(index * size, size);
    };
    auto const start = kept;
    for (std::size_t i = 0; i < count; ++i) {
        auto const cells = cells_of(start + i);
        auto const check = check_cells(cells, cell_rules());
        if (!check.good) {
            if (config.bad_showers == BadShowers::error) refuse(first + i, cells);
            if (report.skipped_showers++ == 0) report.first_skipped_shower = first + i;
            continue;
        }
        account(energies[i], check);
        if (kept != start + i) {
            std::copy(cells.begin(), cells.end(), cells_of(kept).begin());
            block.primary_energy[kept] = energies[i];
        }
        keep_columns(block, i);
        ++kept;
    }
    block.primary_energy.resize(kept);
    block.cells.resize(kept * size);
}

/// Whether all primary energies lie in a range. Those that cannot be read are an error when they
/// are asked for, not here.
bool ShowerReader::State::has_energies_in(EnergyBin const& range)
try {
    std::vector<float> energies;
    for (std::size_t first = 0; first < file.content().count; first += energies_a_step) {
        energies.resize(existing(first, energies_a_step));
        file.read_energies(first, energies);
        for (float const energy : energies) {
            auto const gev = static_cast<double>(energy / stored.energies);
            if (!(gev >= range.low && gev <= range.high)) return false;
        }
    }
    return true;
} catch (InputError const&) {
    return true;
}

/// What a shape is known for are cells: energies of another range are of another production, whose
/// range and bins are not known. The report goes on to hold them against the range.
void ShowerReader::State::doubt_energies()
{
    auto const& range = known_detector.primary_energies;
    if (range.empty() || has_energies_in(range)) return;
    known_detector.primary_energies = {};
    known_detector.energy_edges.clear();
    known_detector.low_energies = {};
}

/// In numbers of which `unit` stand for a GeV.
void ShowerReader::State::read_energies(std::size_t first, std::span<float> out, float unit)
{
    file.read_energies(first, out);
    if (unit != stored.energies)
        for (float& energy : out) energy /= stored.energies;
    require_positive(out, first, file);
}

void ShowerReader::State::read_cells(std::size_t first, std::span<float> out)
{
    auto const left_out = file.read_cells(first, out);
    report.left_out.points += left_out.points;
    report.left_out.energy += left_out.energy;
    if (units.cells != stored.cells)
        for (float& cell : out) cell /= stored.cells;
}

void ShowerReader::State::account(float energy, CellCheck const& check)
{
    ++report.showers;
    report.zeroed_cells += check.zeroed;
    report.negative_cells += check.negative;
    report.showers_with_negative_cells += check.negative > 0;
    report.negative_energy += check.negative_sum / static_cast<double>(units.cells);
    auto const gev = static_cast<double>(energy / units.energies);
    if (auto const& range = report.primary_energies; !range.empty()) {
        report.energies_below_range += gev < range.low;
        report.energies_above_range += gev > range.high;
    }
    report.primary_energy_sum += gev;
    report.cell_energy_sum += check.sum / static_cast<double>(units.cells);
}

void ShowerReader::State::read_columns(std::size_t first, std::size_t count)
{
    rows.resize(columns.size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
        rows[i].resize(count * column(columns[i]).width);
        file.read_column(columns[i], first, rows[i]);
    }
}

/// Appends a row of each column to the block.
void ShowerReader::State::keep_columns(ShowerBlock& block, std::size_t row) const
{
    for (std::size_t i = 0; i < columns.size(); ++i) {
        auto const& [name, width] = column(columns[i]);
        auto const* const known = find_known_column(name);
        auto& more = known == nullptr ? block.more[name].values : block.*known->values;
        if (known == nullptr) block.more[name].width = width;
        auto const start = rows[i].begin() + static_cast<std::ptrdiff_t>(row * width);
        more.insert(more.end(), start, start + static_cast<std::ptrdiff_t>(width));
    }
}

void ShowerReader::State::refuse(std::size_t shower, std::span<float const> cells) const
{
    auto const place = find_bad_cell(cells, config.negative_cells);
    auto const problem = fmt::format("{}, shower {}: {}", file.content().cells_label, shower,
                                     describe_bad_cell(cells, place, detector()));
    if (cells[place] < 0.0F && std::isfinite(cells[place]))
        throw InputError(problem, "cell energies must be finite and not negative",
                         "--negative-cells zero sets noise below zero to zero, --skip-bad-showers "
                         "drops such showers and counts them; lowcal convert has both");
    throw InputError(problem, "cell energies must be finite and not negative",
                     "--skip-bad-showers drops such showers and counts them");
}

ShowerReader::ShowerReader(std::filesystem::path const& path, Config config)
    : state_(std::make_unique<State>(path, std::move(config)))
{
}

ShowerReader::~ShowerReader() = default;
ShowerReader::ShowerReader(ShowerReader&&) noexcept = default;
ShowerReader& ShowerReader::operator=(ShowerReader&&) noexcept = default;

std::filesystem::path const& ShowerReader::path() const
{
    return state_->file.path();
}
Layout ShowerReader::layout() const
{
    return state_->file.content().layout;
}
Detector const& ShowerReader::detector() const
{
    return state_->detector();
}
std::size_t ShowerReader::count() const
{
    return state_->file.content().count;
}
Units ShowerReader::units() const
{
    return state_->units;
}
ReadReport const& ShowerReader::report() const
{
    return state_->report;
}

std::vector<std::string> ShowerReader::columns() const
{
    std::vector<std::string> texts;
    for (auto const index : state_->columns) {
        auto const& [name, width] = state_->column(index);
        texts.push_back(fmt::format("{} [{}]", name, width));
    }
    std::sort(texts.begin(), texts.end());
    return texts;
}

void ShowerReader::require_all_carried(std::vector<std::string> const& droppable) const
{
    data::require_all_carried(state_->file.content(), path(), droppable);
}

std::vector<std::uint64_t> ShowerReader::dropped_showers() const
{
    return state_->file.dropped_showers();
}

std::map<std::string, std::string> ShowerReader::attributes() const
{
    return state_->file.content().attributes;
}

ShowerBlock ShowerReader::read(std::size_t first, std::size_t count)
{
    auto const end = first + state_->existing(first, count);
    ShowerBlock block;
    auto const step = showers_per_block(detector());
    for (auto at = first; at < end; at += step) state_->append(block, at, std::min(step, end - at));
    return block;
}

std::vector<float> ShowerReader::read_primary_energies() const
{
    std::vector<float> energies;
    for (std::size_t first = 0; first < count(); first += energies_a_step) {
        energies.resize(first + state_->existing(first, energies_a_step));
        auto const fresh = std::span(energies).subspan(first);
        state_->read_energies(first, fresh, Units{}.energies);
    }
    return energies;
}

bool ShowerReader::knows(ConditionInfo const& condition) const
{
    return state_->find(condition).has_value();
}

std::vector<float> ShowerReader::read_condition(ConditionInfo const& condition) const
{
    auto const found = state_->find(condition);
    if (!found)
        throw InputError(
            fmt::format("{} does not say the showers' {}", path().string(), condition.name),
            fmt::format("it has no data set {}", column_name(condition)));
    std::vector<float> values(count() * condition.width);
    state_->file.read_column(*found, 0, values);
    return values;
}

std::size_t showers_per_block(Detector const& detector)
{
    constexpr std::size_t bytes = 16'000'000;
    constexpr std::size_t most = 4096;
    return std::clamp<std::size_t>(bytes / (detector.cells() * sizeof(float)), 1, most);
}

ShowerBlock read_all_showers(std::filesystem::path const& path, ShowerReader::Config config)
{
    ShowerReader reader(path, std::move(config));
    return reader.read(0, reader.count());
}

}  // namespace lowcal::data
