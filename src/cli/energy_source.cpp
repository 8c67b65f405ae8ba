#include "cli/energy_source.hpp"

#include "cli/number_option.hpp"
#include "core/random.hpp"
#include "data/shower_reader.hpp"
#include "graph/onnx_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <tuple>

namespace lowcal::cli {
namespace {

std::optional<float> parse_energy(std::string const& text)
{
    auto const energy = parse_number<float>(text);
    return energy && *energy > 0 ? energy : std::nullopt;
}

/// The two ends of "MIN:MAX"; twice the same for "E". Nothing where a text is no energy.
std::optional<std::pair<float, float>> parse_range(std::string const& text)
{
    auto const colon = text.find(':');
    auto const low = parse_energy(text.substr(0, colon));
    auto const high = colon == std::string::npos ? low : parse_energy(text.substr(colon + 1));
    if (!low || !high) return std::nullopt;
    return std::pair{*low, *high};
}

}  // namespace

std::string problem_with_energy(std::string const& text)
{
    auto const range = parse_range(text);
    if (!range) return "'" + text + "' is no energy in GeV; expected E or MIN:MAX";
    bool const empty = text.find(':') != std::string::npos && !(range->first < range->second);
    return empty ? "the range " + text + " is empty" : "";
}

EnergySource::EnergySource(std::string const& text, std::uint64_t seed) : seed_(seed)
{
    std::tie(low_, high_) = parse_range(text).value();
}

EnergySource::EnergySource(std::filesystem::path const& showers)
    : file_(showers), list_(data::ShowerReader(showers).read_primary_energies())
{
    auto const [low, high] = std::minmax_element(list_.begin(), list_.end());
    low_ = *low;
    high_ = *high;
}

float EnergySource::operator()(std::uint64_t shower) const
{
    if (!list_.empty()) return list_.at(shower);
    if (low_ == high_) return low_;
    float uniform = 0;
    ItemRandom({.seed = seed_, .stream = RandomStream::energy}, shower).uniform({&uniform, 1});
    return low_ + uniform * (high_ - low_);
}

std::optional<std::uint64_t> EnergySource::limit() const
{
    return list_.empty() ? std::nullopt : std::optional<std::uint64_t>(list_.size());
}

std::string EnergySource::identity() const
{
    if (!list_.empty()) return "list " + graph::sha256(std::as_bytes(std::span(list_)));
    if (low_ == high_) return fmt::format("{} GeV", low_);
    return fmt::format("uniform {}:{} GeV", low_, high_);
}

}  // namespace lowcal::cli
