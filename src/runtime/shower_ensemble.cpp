#include "runtime/shower_ensemble.hpp"

#include "core/error.hpp"
#include "graph/model/memory_budget.hpp"
#include "graph/onnx/onnx_file.hpp"
#include "runtime/plan.hpp"
#include "runtime/shower_findings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <utility>

namespace lowcal::runtime {
namespace {

namespace fs = std::filesystem;
using Member = ShowerEnsemble::Member;

template <class Value>
std::vector<Value> sorted(std::vector<Value> values)
{
    std::ranges::sort(values);
    return values;
}

/// Why one production cannot have showers of both; empty where it can.
std::string difference(ShowerGenerator const& one, ShowerGenerator const& other)
{
    auto const cells = cells_difference(one.detector(), other.detector());
    if (!cells.empty()) return cells;
    auto const smallest = [](auto const& of) { return of.detector().smallest_cell; };
    if (smallest(one) != smallest(other))
        return fmt::format("the smallest cell has {} GeV, not {}", smallest(one), smallest(other));
    if (one.pdg() != other.pdg())
        return fmt::format("it is made for PDG code {}, not {}", one.pdg(), other.pdg());
    auto const codes = [](auto const& of) { return sorted(of.known_pdg_codes()); };
    if (codes(one) != codes(other))
        return fmt::format("it knows the PDG codes [{}], not [{}]", fmt::join(codes(one), ", "),
                           fmt::join(codes(other), ", "));
    auto const needs = [](auto const& of) { return sorted(of.needed_conditions()); };
    if (needs(one) != needs(other))
        return fmt::format("beside the energy it needs [{}], not [{}]", fmt::join(needs(one), ", "),
                           fmt::join(needs(other), ", "));
    return {};
}

/// The energies that both ranges hold, one of which may not be known.
EnergyBin common(EnergyBin const& one, EnergyBin const& other)
{
    if (one.empty()) return other;
    if (other.empty()) return one;
    return {.low = std::max(one.low, other.low), .high = std::min(one.high, other.high)};
}

[[noreturn]] void refuse_pair(fs::path const& one, fs::path const& other, std::string const& why)
{
    throw InputError(one.string() + " and " + other.string() + " are no ensemble", why);
}

/// Throws InputError where both are made for energies of which they share none.
void require_common_energies(Member const& one, Member const& other)
{
    auto const& first = one.generator.detector().primary_energies;
    auto const& second = other.generator.detector().primary_energies;
    if (first.empty() || second.empty() || !common(first, second).empty()) return;
    refuse_pair(one.file, other.file,
                fmt::format("one is made for {} to {} GeV, the other for {} to {} GeV", first.low,
                            first.high, second.low, second.high));
}

/// The detector of all members.
Detector agreed(std::vector<Member> const& members)
{
    auto const& first = members.front();
    auto detector = first.generator.detector();
    for (std::size_t i = 1; i < members.size(); ++i) {
        auto const& member = members[i];
        auto const why = difference(first.generator, member.generator);
        if (!why.empty()) refuse_pair(first.file, member.file, why);
        for (std::size_t j = 0; j < i; ++j) require_common_energies(members[j], member);
        detector.primary_energies =
            common(detector.primary_energies, member.generator.detector().primary_energies);
    }
    return detector;
}

/// Throws InputError where two of the files hold one network.
void require_different(std::vector<fs::path> const& files)
{
    std::map<std::string, fs::path> earlier;
    for (auto const& file : files) {
        auto const [other, is_new] = earlier.emplace(graph::network_sha256(file), file);
        if (!is_new)
            throw InputError(fmt::format("{} and {} are the same network", other->second.string(),
                                         file.string()),
                             "an ensemble has each once",
                             "a weight lets one make more of the showers");
    }
}

/// What a member takes, in a file and in memory, bytes.
std::int64_t size_of(Member const& member, int threads)
{
    auto const run = static_cast<std::int64_t>(member.generator.plan().workspace_bytes());
    return static_cast<std::int64_t>(fs::file_size(member.file)) + threads * run;
}

std::vector<Member> load(std::vector<fs::path> const& files, ShowerEnsemble::Config const& config)
{
    MemberChoice const sound(files.size(), config.weights);  // before the work of loading
    if (files.size() > 1) require_different(files);
    std::vector<Member> members;
    graph::MemoryBudget budget("the ensemble", config.most_bytes);
    for (auto const& file : files) {
        members.push_back({file, ShowerGenerator(file, config.generator)});
        if (files.size() > 1)
            budget.take(size_of(members.back(), config.generator.threads), file.string());
    }
    return members;
}

/// Throws InputError: first the name of the file.
[[noreturn]] void blame(fs::path const& file, std::string const& message)
{
    throw InputError(file.string() + ": " + message);
}

}  // namespace

ShowerEnsemble::ShowerEnsemble(std::vector<fs::path> const& files, Config const& config)
    : ShowerEnsemble(load(files, config), config.weights)
{
}

ShowerEnsemble::ShowerEnsemble(std::vector<Member> members, std::vector<double> const& weights)
    : members_(std::move(members)), choice_(members_.size(), weights), detector_(agreed(members_))
{
}

std::vector<std::vector<std::size_t>> ShowerEnsemble::showers_by_member(
    GenerateRequest const& request) const
{
    std::vector<std::vector<std::size_t>> showers(members_.size());
    auto const add = [&](std::size_t shower) {
        showers[choice_(request.seed, request.first + shower)].push_back(shower);
    };
    if (request.only)
        for (auto const shower : *request.only) add(shower);
    else
        for (std::size_t shower = 0; shower < request.energies.size(); ++shower) add(shower);
    return showers;
}

GenerateReport ShowerEnsemble::generate(GenerateRequest const& request,
                                        std::span<float> cells) const
{
    auto const showers = showers_by_member(request);
    GenerateReport report;
    auto part = request;
    part.bad_showers = BadShowers::report;
    for (std::size_t i = 0; i < members_.size(); ++i) {
        if (members_.size() > 1) {
            if (showers[i].empty()) continue;
            part.only = showers[i];
        }
        try {
            auto const made = members_[i].generator.generate(part, cells);
            report.empty_showers += made.empty_showers;
            report.bad_showers.insert(report.bad_showers.end(), made.bad_showers.begin(),
                                      made.bad_showers.end());
        } catch (InputError const& error) {
            blame(members_[i].file, error.what());
        }
    }
    sort_by_shower(report.bad_showers);
    if (request.bad_showers == BadShowers::report || report.bad_showers.empty()) return report;
    auto const first = report.bad_showers.front().shower;
    try {
        auto const count = request.only ? request.only->size() : request.energies.size();
        refuse(report.bad_showers, count, detector_);
    } catch (InputError const& error) {
        blame(members_[choice_(request.seed, first)].file, error.what());
    }
}

std::size_t ShowerEnsemble::latent_size() const
{
    auto const& first = members_.front();
    for (auto const& member : members_)
        if (member.generator.latent_size() != first.generator.latent_size())
            throw InputError(fmt::format("{} and {} have latent vectors of different lengths",
                                         first.file.string(), member.file.string()),
                             fmt::format("{} and {} numbers", first.generator.latent_size(),
                                         member.generator.latent_size()));
    return first.generator.latent_size();
}

void ShowerEnsemble::latents(GenerateRequest const& request, std::span<float> latent) const
{
    latent_size();
    members_.front().generator.latents(request, latent);  // whoever is chosen draws the same
}

std::string ShowerEnsemble::precision() const
{
    std::string all;
    bool differ = false;
    for (auto const& member : members_) {
        all += (all.empty() ? "" : "+") + std::string(name_of(member.generator.precision()));
        differ = differ || member.generator.precision() != members_.front().generator.precision();
    }
    return differ ? all : std::string(name_of(members_.front().generator.precision()));
}

std::string ShowerEnsemble::name() const
{
    std::string all;
    for (auto const& member : members_) all += (all.empty() ? "" : "+") + member.file.string();
    return all;
}

}  // namespace lowcal::runtime
