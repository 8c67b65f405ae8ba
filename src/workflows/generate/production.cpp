#include "workflows/generate/production.hpp"

#include "core/error.hpp"
#include "core/files/output_path.hpp"
#include "core/listener.hpp"
#include "core/progress.hpp"
#include "data/reading/cell_check.hpp"
#include "data/writing/background_writer.hpp"
#include "data/writing/production_identity.hpp"
#include "data/writing/shower_writer.hpp"
#include "graph/onnx/onnx_file.hpp"
#include "runtime/kernels/arithmetic.hpp"
#include "runtime/precision.hpp"
#include "workflows/generate/generate_candidate.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace lowcal::workflows {
namespace {

namespace fs = std::filesystem;

/// Indices of showers.
struct Range {
    std::uint64_t first = 0;
    std::uint64_t count = 0;
    std::uint64_t last() const { return first + (count - 1); }
};

/// Takes showers that are bad out of a generated block whose first shower is number `first`.
void remove(data::ShowerBlock& block, std::vector<runtime::BadCell> const& bad, std::uint64_t first)
{
    auto const count = block.count();
    std::vector<bool> stays(count, true);
    for (auto const& one : bad) stays[one.shower - first] = false;
    for (auto* const values : {&block.cells, &block.primary_energy, &block.pdg_code, &block.theta,
                               &block.phi, &block.entry_point, &block.latent}) {
        auto const width = values->size() / count;
        auto end = values->begin();
        for (std::size_t row = 0; row < count; ++row)
            if (stays[row])
                end = std::copy_n(values->begin() + static_cast<std::ptrdiff_t>(row * width), width,
                                  end);
        values->erase(end, values->end());
    }
}

/// SHA-256 of each network, with '+' between them.
std::string sha256_of(runtime::ShowerEnsemble const& networks)
{
    std::vector<std::string> sums;
    for (auto const& member : networks.members())
        sums.push_back(graph::network_sha256(member.file));
    return fmt::format("{}", fmt::join(sums, "+"));
}

/// File names of the networks.
std::string file_names(runtime::ShowerEnsemble const& networks)
{
    std::vector<std::string> names;
    for (auto const& member : networks.members()) names.push_back(member.file.filename().string());
    return fmt::format("{}", fmt::join(names, "+"));
}

/// "any" where the bits of no network depend on the CPU.
std::string instruction_class(runtime::ShowerEnsemble const& networks)
{
    std::string known;
    for (auto const& member : networks.members()) {
        auto const own = runtime::instruction_class(member.generator.plan());
        if (known.empty() || own != "any") known = own;
    }
    return known;
}

/// One production: its networks, its energies and what is recorded of it in each of its files.
class Production {
public:
    Production(ProductionConfig const& config, runtime::ShowerEnsemble const& networks,
               ShowerInputs const& inputs)
        : config_(config),
          networks_(networks),
          inputs_(inputs),
          sha256_(sha256_of(networks)),
          progress_({.label = "generate", .total = config.count})
    {
        if (config.keep_latents) networks.latent_size();  // or there is none that suits all
    }

    void run()
    {
        if (config_.shard_showers == 0)
            write_file({config_.first, config_.count}, config_.out);
        else
            write_shards();
        progress_.finish();
        auto const name = networks_.name();
        if (dropped_ > 0)
            remark(RemarkKind::warning,
                   fmt::format("{}: {} of {} showers were bad and are not there", name, dropped_,
                               made_));
        if (made_ > 0 && empty_ == made_ - dropped_)
            remark(
                RemarkKind::warning,
                fmt::format("{}: all {} showers are empty: no cell is above zero", name, empty_));
    }

private:
    ProductionConfig const& config_;
    runtime::ShowerEnsemble const& networks_;
    ShowerInputs const& inputs_;
    std::string sha256_;
    Progress progress_;
    std::uint64_t made_ = 0;
    std::uint64_t empty_ = 0;    ///< without a cell above zero
    std::uint64_t dropped_ = 0;  ///< because they were bad

    std::string versions() const
    {
        return "LowCal " LOWCAL_VERSION ", oneDNN " + runtime::onednn_version();
    }

    /// All that changes a bit of a shower or the data sets of a file. How a file is packed
    /// (--compression) changes neither.
    data::ProductionIdentity identity() const
    {
        bool const drops = config_.bad_showers == data::BadShowers::skip;
        data::ProductionIdentity identity{
            {"bad_showers", drops ? "dropped" : "refused"},
            {"instruction_set", instruction_class(networks_)},
            {"latents", config_.keep_latents ? "kept" : "not kept"},
            {"layout", std::string(data::layout_name(config_.layout))},
            {"network_sha256", sha256_},
            {"precision", networks_.precision()},
            {"seed", std::to_string(config_.seed)},
            {"versions", versions()}};
        if (networks_.members().size() > 1)
            identity["weights"] = fmt::format("{}", fmt::join(networks_.shares(), "+"));
        if (!config_.ports.empty()) identity["ports_sha256"] = graph::file_sha256(config_.ports);
        identity.merge(inputs_.identity());
        return identity;
    }

    std::map<std::string, std::string> provenance(Range range) const
    {
        return {{"model", file_names(networks_)},
                {"model_sha256", sha256_},
                {"seed", std::to_string(config_.seed)},
                {"first_index", std::to_string(range.first)},
                {"count", std::to_string(range.count)},
                {"precision", networks_.precision()},
                {"isa", runtime::instruction_set()},
                {"versions", versions()},
                {data::identity_attribute, data::identity_text(identity())}};
    }

    /// Fills the block's cells; bad showers are refused or listed.
    std::vector<runtime::BadCell> generate(runtime::GenerateRequest request,
                                           data::ShowerBlock& block)
    {
        if (config_.bad_showers == data::BadShowers::skip)
            request.bad_showers = runtime::BadShowers::report;
        auto report = networks_.generate(request, block.cells);
        made_ += block.count();
        empty_ += report.empty_showers;
        dropped_ += report.bad_showers.size();
        return std::move(report.bad_showers);
    }

    /// Showers of a range, in the memory of a block that is no longer needed; indices of bad ones
    /// go to `dropped`.
    data::ShowerBlock make_block(Range range, data::ShowerBlock block,
                                 std::vector<std::uint64_t>& dropped)
    {
        auto const& detector = networks_.detector();
        inputs_.fill(block, range.first, range.count);
        block.cells.resize(range.count * detector.cells());
        runtime::GenerateRequest const request{
            .seed = config_.seed,
            .first = range.first,
            .energies = block.primary_energy,
            .conditions = needed_conditions(block, networks_.needed_conditions())};
        auto const bad = generate(request, block);
        data::zero_quiet_cells(block.cells, static_cast<float>(detector.smallest_cell));
        if (config_.keep_latents) {
            block.latent.resize(range.count * networks_.latent_size());
            networks_.latents(request, block.latent);
        }
        if (!bad.empty()) remove(block, bad, range.first);
        for (auto const& one : bad) dropped.push_back(one.shower);
        return block;
    }

    /// Makes one file of showers, block by block: one is written while the next is made.
    void write_file(Range range, fs::path const& path)
    {
        std::uint64_t const block_showers = showers_at_once(networks_);
        require_not_an_input(path, std::vector{inputs_.file()});
        for (auto const& member : networks_.members())
            require_not_an_input(path, std::vector{member.file});
        data::ShowerWriter writer(path, networks_.detector(),
                                  {.layout = config_.layout,
                                   .compression = config_.compression,
                                   .provenance = provenance(range)});
        data::BackgroundWriter background(writer);
        std::vector<std::uint64_t> dropped;
        for (std::uint64_t done = 0; done < range.count; done += block_showers) {
            Range const part{range.first + done, std::min(block_showers, range.count - done)};
            background.append(make_block(part, background.take_written(), dropped));
            progress_.update(part.last() - config_.first + 1);
        }
        background.finish();
        if (dropped.size() == range.count)
            throw InputError(fmt::format("{}: showers {} to {} are all bad", networks_.name(),
                                         range.first, range.last()),
                             "there is none to write");
        writer.drop(dropped);
        writer.close();
    }

    fs::path shard_path(Range range) const
    {
        auto const& out = config_.out;
        auto const name = fmt::format("{}.{:09}-{:09}{}", out.stem().string(), range.first,
                                      range.last(), out.extension().string());
        return out.parent_path() / name;
    }

    void write_shards()
    {
        std::uint64_t kept = 0;
        for (std::uint64_t done = 0; done < config_.count; done += config_.shard_showers) {
            Range const range{config_.first + done,
                              std::min(config_.shard_showers, config_.count - done)};
            auto const path = shard_path(range);
            if (fs::exists(path)) {  // shards are complete or absent: an earlier run made it
                require_ours(path, range);
                ++kept;
                continue;
            }
            write_file(range, path);
        }
        if (kept > 0) remark(RemarkKind::note, fmt::format("{} shards were there already.", kept));
    }

    /// Throws InputError where a shard that is there already is not the one we would make.
    void require_ours(fs::path const& shard, Range range) const
    {
        data::ShowerReader const reader(shard);
        auto attributes = reader.attributes();
        auto const refuse = [&](std::string const& why) {
            throw InputError(shard.string() + " is of another production", why,
                             "remove it or choose another --out");
        };
        if (attributes[data::identity_attribute].empty())
            refuse("an older LowCal wrote it, which did not record all that its showers depend on");
        auto const found = data::parse_identity(attributes[data::identity_attribute], shard);
        auto const differences = data::identity_differences(found, identity());
        if (!differences.empty()) refuse(differences);
        if (reader.layout() != config_.layout)
            refuse(fmt::format("its layout is {}, not {}", data::layout_name(reader.layout()),
                               data::layout_name(config_.layout)));
        if (attributes["first_index"] != std::to_string(range.first) ||
            attributes["count"] != std::to_string(range.count) ||
            reader.count() + reader.dropped_showers().size() != range.count)
            refuse(fmt::format("it does not hold showers {} to {}", range.first, range.last()));
    }
};

}  // namespace

void produce(ProductionConfig const& config, runtime::ShowerEnsemble const& networks,
             ShowerInputs const& inputs)
{
    Production(config, networks, inputs).run();
}

}  // namespace lowcal::workflows
