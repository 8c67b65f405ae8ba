#include "cli/convert_command.hpp"

#include "cli/options/bad_cell_options.hpp"
#include "cli/options/detector_option.hpp"
#include "cli/options/external_option.hpp"
#include "cli/options/number_option.hpp"
#include "core/error.hpp"
#include "core/files/output_path.hpp"
#include "core/number_text.hpp"
#include "core/printable.hpp"
#include "core/progress.hpp"
#include "data/crop.hpp"
#include "data/reading/shower_reader.hpp"
#include "data/writing/shower_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lowcal::cli {
namespace {

constexpr auto to_the_end = std::numeric_limits<std::size_t>::max();
struct ConvertOptions {
    std::filesystem::path input;
    std::filesystem::path output;
    std::optional<data::Layout> layout;
    std::filesystem::path detector;
    std::string crop;
    bool skip_bad_showers = false;
    data::NegativeCells negative_cells = data::NegativeCells::error;
    data::ExternalStorage external = data::ExternalStorage::refuse;
    int compression = 1;
    std::size_t first = 0;
    std::size_t count = to_the_end;
    std::vector<std::string> drop;
    int pdg = 0;  ///< 0: not given
};

/// "25x25x25"; nothing where it is not that.
std::optional<std::array<std::size_t, 3>> parse_crop(std::string const& text)
{
    std::array<std::size_t, 3> cells{};
    std::size_t at = 0;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        auto const end = i + 1 < cells.size() ? text.find('x', at) : text.size();
        auto const number = parse_number<std::uint64_t>(text.substr(at, end - at));
        if (end == std::string::npos || !number) return std::nullopt;
        cells[i] = *number;
        at = end + 1;
    }
    return cells;
}

void set_up(CLI::App& command, ConvertOptions& options)
{
    command.add_option("input", options.input, "Shower file, any layout")->required();
    command.add_option("output", options.output, "File to write")->required();
    add_layout(command, "--to", options.layout, "Layout of the output")->required();
    add_detector_option(command, options.detector, "Of an input that does not say its own");
    command
        .add_option("--crop", options.crop,
                    "Keep the central cells: how many along each axis, as 25x25x25")
        ->check(
            [](std::string const& text) {
                return parse_crop(text) ? "" : "'" + text + "' is not three numbers, as 25x25x25";
            },
            "AxBxC");
    add_bad_cell_options(command, options.skip_bad_showers, options.negative_cells);
    add_allow_external(command, options.external);
    add_number(command, "--compression", options.compression,
               "gzip level; 1 is fastest for showers, 0 is none", {.least = 0, .most = 9})
        ->capture_default_str();
    add_number(command, "--first", options.first, "First shower to write")->capture_default_str();
    add_number(command, "--count", options.count, "Showers to write; all if not given",
               {.least = 1});
    command.add_option("--drop", options.drop,
                       "Leave out what is named so and cannot be carried to the output");
    add_pdg_option(command, options.pdg,
                   "PDG code of the primaries, for an input that does not say it");
}

/// The input's provenance, made true for the range that was written: an index range is kept only
/// where it still says which showers these are.
void annotate(data::ShowerWriter& writer, data::ShowerReader const& reader, std::size_t first)
{
    auto attributes = reader.attributes();
    auto const text = attributes["first_index"];
    std::uint64_t index = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
    bool const known = error == std::errc{} && end == text.data() + text.size();
    attributes.erase("first_index");
    attributes.erase("count");
    for (auto const& [name, value] : attributes) writer.annotate(name, value);
    auto const dropped = reader.dropped_showers();
    bool const whole = first == 0 && writer.count() == reader.count();
    if (!known || reader.report().skipped_showers > 0 || (!whole && !dropped.empty())) return;
    writer.annotate("first_index", std::to_string(index + first));
    writer.annotate("count", std::to_string(writer.count() + dropped.size()));
    writer.drop(dropped);
}

/// Gives the block the PDG codes of the command line; an input that has its own keeps them.
void complete_pdg_codes(data::ShowerBlock& block, ConvertOptions const& options)
{
    if (options.pdg == 0) return;
    bool const has_codes =
        std::ranges::any_of(block.pdg_code, [](float code) { return code != 0.0F; });
    if (has_codes) throw UsageError("--pdg", options.input.string() + " has PDG codes of its own");
    block.pdg_code.assign(block.count(), static_cast<float>(options.pdg));
}

/// What the output says less of than the input's reader would think.
void warn(data::ShowerReader const& reader, data::Layout layout, bool pdg_known)
{
    for (auto const& warning : reader.report().warnings())
        fmt::print(stderr, "Warning: {}\n", printable(warning));
    if (layout == data::Layout::clic && !pdg_known)
        fmt::print(stderr,
                   "Warning: {} does not say which particles these are: their PDG codes are 0; "
                   "--pdg says it\n",
                   printable(reader.path().string()));
}

void run(ConvertOptions const& options)
{
    require_not_an_input(options.output, std::vector{options.input});
    if (options.layout == data::Layout::showerdata &&
        options.negative_cells == data::NegativeCells::keep)
        throw UsageError("--negative-cells",
                         "points have energies above zero; zero leaves out "
                         "cells below it");
    data::ShowerReader reader(
        options.input,
        {.bad_showers = options.skip_bad_showers ? data::BadShowers::skip : data::BadShowers::error,
         .negative_cells = options.negative_cells,
         .columns = data::Columns::all,
         .external = options.external,
         .detector = read_detector_option(options.detector),
         .unit_of = options.layout});
    reader.require_all_carried(options.drop);
    if (options.first >= reader.count())
        throw InputError(
            fmt::format("cannot convert {} from shower {}", options.input.string(), options.first),
            fmt::format("it holds {} showers", reader.count()));
    auto const last = options.first + std::min(options.count, reader.count() - options.first);
    auto const& detector = reader.detector();
    auto const kept =
        options.crop.empty() ? detector : data::cropped(detector, parse_crop(options.crop).value());
    data::ShowerWriter writer(
        options.output, kept,
        {.layout = *options.layout, .compression = options.compression, .units = reader.units()});
    Progress progress({.label = "convert", .total = last - options.first});
    bool pdg_known = false;
    auto const step = data::showers_per_block(detector);
    for (auto first = options.first; first < last; first += step) {
        auto const count = std::min(step, last - first);
        auto block = reader.read(first, count);
        if (!options.crop.empty()) data::crop(block, detector, kept);
        complete_pdg_codes(block, options);
        pdg_known = !block.pdg_code.empty();
        writer.append(block);
        progress.update(first + count - options.first);
    }
    annotate(writer, reader, options.first);
    writer.close();
    progress.finish();
    warn(reader, *options.layout, pdg_known);
    fmt::print("{}: {} showers, {} layout", printable(options.output.string()), writer.count(),
               data::layout_name(*options.layout));
    if (auto const zeroed = reader.report().zeroed_cells; zeroed > 0)
        fmt::print("; {} cells below {:.3g} GeV set to zero", zeroed, detector.smallest_cell);
    fmt::print("\n");
}

}  // namespace

void add_convert_command(CLI::App& app)
{
    auto const options = std::make_shared<ConvertOptions>();
    auto* const command = app.add_subcommand("convert", "Write a shower file in another layout");
    set_up(*command, *options);
    command->callback([options] { run(*options); });
}

}  // namespace lowcal::cli
