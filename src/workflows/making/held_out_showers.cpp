#include "workflows/making/held_out_showers.hpp"

#include "core/error.hpp"
#include "data/derived_detector.hpp"
#include "data/reading/shower_reader.hpp"
#include "data/writing/shower_writer.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace lowcal::workflows {
namespace {

constexpr std::size_t most_showers = 1000;
constexpr std::size_t one_of = 10;  ///< of a file's showers

std::size_t share_of(std::vector<std::filesystem::path> const& files,
                     data::ShowerReader::Config const& config)
{
    std::size_t share = most_showers / files.size();
    for (auto const& file : files) {
        auto const count = data::ShowerReader(file, config).count();
        if (count < one_of)
            throw InputError("cannot hold out showers of " + file.string(),
                             fmt::format("it has {}", count), "ten at least");
        share = std::min(share, count / one_of);
    }
    return std::max<std::size_t>(share, 1);
}

/// What is known of all: columns that only some files have would end the writing.
void append(data::ShowerBlock& all, data::ShowerBlock const& block)
{
    bool const first = all.count() == 0;
    data::append_without_cells(all, block);
    all.cells.insert(all.cells.end(), block.cells.begin(), block.cells.end());
    auto& seconds = all.monte_carlo_seconds;
    auto const& more = block.monte_carlo_seconds;
    if (!more.empty() && (first || !seconds.empty()))
        seconds.insert(seconds.end(), more.begin(), more.end());
    else
        seconds.clear();
}

}  // namespace

HeldOutShowers write_held_out_showers(std::vector<std::filesystem::path> const& files,
                                      std::optional<Detector> const& detector,
                                      std::filesystem::path const& out)
{
    data::ShowerReader::Config const config{.detector = detector};
    auto const share = share_of(files, config);
    data::ShowerReader probe(files.front(), config);
    auto const whole = data::complete_detector(probe).detector;
    data::ShowerBlock all;
    for (auto const& file : files) {
        data::ShowerReader reader(file, config);
        if (auto const difference = cells_difference(reader.detector(), whole); !difference.empty())
            throw InputError(
                file.string() + " is of another detector than " + files.front().string(),
                difference);
        append(all, reader.read(reader.count() - share, share));
    }
    auto const layout =
        whole.geometry == Geometry::cylindrical ? data::Layout::calochallenge : data::Layout::clic;
    data::ShowerWriter writer(out, whole, {.layout = layout});
    writer.append(all);
    writer.close();
    return {.of_each_file = share, .count = share * files.size()};
}

}  // namespace lowcal::workflows
