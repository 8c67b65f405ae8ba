#include "invented.hpp"

#include "core/random.hpp"
#include "data/writing/shower_writer.hpp"

#include <cmath>
#include <vector>

namespace lowcal::end_to_end {

Detector toy()
{
    return {.name = "toy",
            .axes = {Axis{.name = "u", .cells = 10, .size = 5},
                     Axis{.name = "depth", .cells = 8, .size = 9},
                     Axis{.name = "v", .cells = 12, .size = 4}},
            .depth = 1};
}

data::ShowerBlock invented(Detector const& detector, std::size_t count)
{
    data::ShowerBlock block;
    auto const cells = detector.cells();
    for (std::size_t shower = 0; shower < count; ++shower) {
        std::vector<float> random(cells + 3);
        ItemRandom({.seed = 3}, shower).uniform(random);
        float const energy = 4.0F * std::pow(15.0F, random[cells]);
        std::vector<float> weights(cells);
        float sum = 0;
        for (std::size_t cell = 0; cell < cells; ++cell) {
            double distance = 0;
            for (std::size_t axis = 0; axis < 3; ++axis) {
                auto const size = static_cast<double>(detector.axes[axis].cells);
                auto const place =
                    static_cast<double>(cell / detector.stride(axis) % detector.axes[axis].cells);
                auto const middle = axis == detector.depth ? 0.3 * size : 0.5 * (size - 1.0);
                if (!detector.axes[axis].periodic) distance += std::abs(place - middle) / size;
            }
            if (random[cell] > 0.5F)
                weights[cell] = random[cell] * std::exp(-9.0F * static_cast<float>(distance));
            sum += weights[cell];
        }
        for (float const weight : weights) block.cells.push_back(0.03F * energy * weight / sum);
        block.primary_energy.push_back(energy);
    }
    return block;
}

void write(std::filesystem::path const& file, Detector const& detector,
           data::ShowerBlock const& block)
{
    data::ShowerWriter writer(file, detector, {});
    writer.append(block);
    writer.close();
}

}  // namespace lowcal::end_to_end
