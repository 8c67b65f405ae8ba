#include "cli/convert_command.hpp"

#include "core/error.hpp"
#include "core/progress.hpp"
#include "data/shower_reader.hpp"
#include "data/shower_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>

namespace lowcal::cli {
namespace {

constexpr auto to_the_end = std::numeric_limits<std::size_t>::max();

struct ConvertOptions {
    std::filesystem::path input;
    std::filesystem::path output;
    std::string layout;
    bool skip_bad_showers = false;
    int compression = 1;
    std::size_t first = 0;
    std::size_t count = to_the_end;
};

void set_up(CLI::App& command, ConvertOptions& options)
{
    command.add_option("input", options.input, "Shower file, any layout")->required();
    command.add_option("output", options.output, "File to write")->required();
    command.add_option("--to", options.layout, "Layout of the output")
        ->required()
        ->check(CLI::IsMember({"clic", "calochallenge"}));
    command.add_flag("--skip-bad-showers", options.skip_bad_showers,
                     "Drop and count showers with NaN, infinite or negative cells");
    command
        .add_option("--compression", options.compression,
                    "gzip level; 1 is fastest for showers, 0 is none")
        ->check(CLI::Range(0, 9))
        ->capture_default_str();
    command.add_option("--first", options.first, "First shower to write")->capture_default_str();
    command.add_option("--count", options.count, "Showers to write; all if not given")
        ->check(CLI::PositiveNumber);
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
    if (!known || reader.report().skipped_showers > 0) return;
    writer.annotate("first_index", std::to_string(index + first));
    writer.annotate("count", std::to_string(writer.count()));
}

void run(ConvertOptions const& options)
{
    data::ShowerReader reader(options.input,
                              {.bad_showers = options.skip_bad_showers ? data::BadShowers::skip
                                                                       : data::BadShowers::error});
    if (options.first >= reader.count())
        throw InputError(
            fmt::format("cannot convert {} from shower {}", options.input.string(), options.first),
            fmt::format("it holds {} showers", reader.count()));
    auto const last = options.first + std::min(options.count, reader.count() - options.first);
    auto const layout = options.layout == "clic" ? data::Layout::clic : data::Layout::calochallenge;
    data::ShowerWriter writer(options.output,
                              {.layout = layout, .compression = options.compression});
    Progress progress({.label = "convert", .total = last - options.first}, stderr);
    for (auto first = options.first; first < last; first += data::showers_per_block) {
        auto const count = std::min(data::showers_per_block, last - first);
        writer.append(reader.read(first, count));
        progress.update(first + count - options.first);
    }
    annotate(writer, reader, options.first);
    writer.close();
    progress.finish();
    for (auto const& warning : reader.report().warnings())
        fmt::print(stderr, "Warning: {}\n", warning);
    fmt::print("{}: {} showers, {} layout", options.output.string(), writer.count(),
               options.layout);
    if (auto const zeroed = reader.report().zeroed_cells; zeroed > 0)
        fmt::print("; {} cells below 1e-6 GeV set to zero", zeroed);
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
