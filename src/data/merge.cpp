#include "data/merge.hpp"

#include "core/error.hpp"
#include "core/files/output_path.hpp"
#include "data/production/shard.hpp"
#include "data/production/virtual_merge.hpp"
#include "data/writing/shower_writer.hpp"

namespace lowcal::data {
namespace {

/// Appends a shard's showers, which merging must not alter.
void append_shard(ShowerWriter& writer, Shard const& shard,
                  std::function<void(std::size_t)> const& progress)
{
    ShowerReader reader(shard.path, {.negative_cells = NegativeCells::keep,
                                     .quiet_cells = QuietCells::kept,
                                     .columns = Columns::all});
    auto const step = showers_per_block(reader.detector());
    for (std::size_t first = 0; first < reader.count(); first += step) {
        writer.append(reader.read(first, step));
        if (progress) progress(writer.count());
    }
    writer.drop(shard.dropped);
}

void copy_shards(std::vector<Shard> const& shards, std::size_t total,
                 std::filesystem::path const& output, MergeConfig const& config)
{
    ShowerWriter writer(output, shards.front().detector,
                        {.layout = shards.front().layout,
                         .compression = config.compression,
                         .provenance = joint_attributes(shards)});
    std::function<void(std::size_t)> progress;
    if (config.progress) progress = [&](std::size_t done) { config.progress(done, total); };
    for (auto const& shard : shards) append_shard(writer, shard, progress);
    writer.close();
}

}  // namespace

MergeReport merge_shards(std::vector<std::filesystem::path> const& inputs,
                         std::filesystem::path const& output, MergeConfig const& config)
{
    if (inputs.empty()) throw InputError("cannot merge", "no shard is given");
    require_not_an_input(output, inputs);
    auto const shards = inspect_shards(inputs, config.drop);
    MergeReport report;
    for (auto const& shard : shards) report.showers += shard.count;
    if (config.form == MergeForm::copy)
        copy_shards(shards, report.showers, output, config);
    else
        write_virtual_merge(shards, output);
    if (!shards.front().identity)
        report.warnings.push_back(
            "these shards were written by an older LowCal, which did not record their energies: "
            "that they belong together is only known by their other attributes");
    return report;
}

}  // namespace lowcal::data
