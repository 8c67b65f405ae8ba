#include "data/summary.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lowcal::data {
namespace {

struct Observed {
    double energy;    ///< primary, GeV
    double fraction;  ///< sampling fraction
    double hits;
    double largest_cell;  ///< GeV
};

Observed observe(ShowerBlock const& block, std::size_t index)
{
    double sum = 0;
    std::size_t hits = 0;
    float largest = 0;
    for (float const cell : block.shower(index)) {
        sum += static_cast<double>(cell);
        hits += cell > 0.0F;
        largest = std::max(largest, cell);
    }
    auto const energy = static_cast<double>(block.primary_energy[index]);
    return {energy, sum / energy, static_cast<double>(hits), static_cast<double>(largest)};
}

/// Running mean and spread of one bin (Welford).
class BinSums {
public:
    explicit BinSums(EnergyBin bin) : bin_(bin) {}

    void add(Observed const& shower)
    {
        if (!bin_.contains(shower.energy)) return;
        ++count_;
        double const difference = shower.fraction - mean_;
        mean_ += difference / static_cast<double>(count_);
        squares_ += difference * (shower.fraction - mean_);
        hits_ += shower.hits;
    }
    BinSummary result() const
    {
        if (count_ == 0) return {bin_};
        auto const n = static_cast<double>(count_);
        return {bin_, count_, mean_, std::sqrt(squares_ / n), hits_ / n};
    }

private:
    EnergyBin bin_;
    std::size_t count_ = 0;
    double mean_ = 0;
    double squares_ = 0;
    double hits_ = 0;
};

/// All sums of a file.
class FileSums {
public:
    explicit FileSums(Detector const& detector) : low_energy_(detector.low_energies)
    {
        for (auto const& bin : detector.energy_bins()) bins_.emplace_back(bin);
    }
    void add(ShowerBlock const& block)
    {
        for (std::size_t i = 0; i < block.count(); ++i) add(observe(block, i));
        for (float const seconds : block.monte_carlo_seconds)
            seconds_ += static_cast<double>(seconds);
    }
    ShowerSummary result() const
    {
        ShowerSummary summary;
        summary.all = all_.result();
        summary.low_energy = low_energy_.result();
        for (auto const& bin : bins_) summary.bins.push_back(bin.result());
        if (summary.all.count == 0) return summary;
        auto const n = static_cast<double>(summary.all.count);
        summary.lowest_energy = lowest_;
        summary.highest_energy = highest_;
        summary.mean_energy = energy_ / n;
        summary.largest_cell = largest_cell_;
        summary.mean_monte_carlo_seconds = seconds_ / n;
        return summary;
    }

private:
    void add(Observed const& shower)
    {
        lowest_ = std::min(lowest_, shower.energy);
        highest_ = std::max(highest_, shower.energy);
        energy_ += shower.energy;
        largest_cell_ = std::max(largest_cell_, shower.largest_cell);
        all_.add(shower);
        low_energy_.add(shower);
        for (auto& bin : bins_) bin.add(shower);
    }

    static constexpr double infinity = std::numeric_limits<double>::infinity();
    BinSums all_{EnergyBin{0, infinity}};
    BinSums low_energy_;
    std::vector<BinSums> bins_;
    double lowest_ = infinity;
    double highest_ = 0;
    double energy_ = 0;
    double largest_cell_ = 0;
    double seconds_ = 0;
};

}  // namespace

ShowerSummary summarise(ShowerReader& reader, Detector const& detector,
                        std::function<void(std::size_t)> const& progress)
{
    FileSums sums(detector);
    auto const step = showers_per_block(detector);
    for (std::size_t first = 0; first < reader.count(); first += step) {
        sums.add(reader.read(first, step));
        if (progress) progress(std::min(first + step, reader.count()));
    }
    auto summary = sums.result();
    summary.report = reader.report();
    summary.showers_in_file = reader.count();
    return summary;
}

}  // namespace lowcal::data
