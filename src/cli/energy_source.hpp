#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lowcal::cli {

/// Why a value of --energy is neither "E" nor "MIN:MAX" in GeV; empty where it is.
std::string problem_with_energy(std::string const& text);

/// Primary energies of a production: shower i's is a pure function of i, and of the seed where they
/// are drawn. Threads may share it.
class EnergySource {
public:
    /// One energy for all, or energies drawn uniformly from a range; `text` is well formed.
    EnergySource(std::string const& text, std::uint64_t seed);
    /// Shower i's is that of shower i of a file. Throws InputError as ShowerReader does.
    explicit EnergySource(std::filesystem::path const& showers);

    float operator()(std::uint64_t shower) const;  ///< GeV
    /// Showers that there are energies for; nothing where for all.
    std::optional<std::uint64_t> limit() const;
    /// Lowest and highest energy that may come, GeV.
    std::pair<float, float> range() const { return {low_, high_}; }
    /// The file they are from; empty where from none.
    std::filesystem::path const& file() const { return file_; }
    /// Equal for sources of equal energies: "50 GeV", "uniform 2:500 GeV", "list SHA-256".
    std::string identity() const;

private:
    std::uint64_t seed_ = 0;
    float low_ = 0;
    float high_ = 0;
    std::filesystem::path file_;
    std::vector<float> list_;
};

}  // namespace lowcal::cli
