// Prints the sampling fraction of 1000 showers: generate [NETWORK].
#include <cstdio>
#include <lowcal/runtime.hpp>
#include <numeric>
#include <vector>

int main(int argc, char** argv)
try {
    char const* const network = argc > 1 ? argv[1] : "lean.int8";
    lowcal::runtime::ShowerGenerator const generator(lowcal::find_network(network), {.threads = 1});
    std::vector<float> const energies(1000, 50.0F);  // GeV
    std::vector<float> cells(energies.size() * generator.detector().cells());
    generator.generate({.seed = 1, .energies = energies}, cells);
    double const deposited = std::accumulate(cells.begin(), cells.end(), 0.0);
    double const primary = std::accumulate(energies.begin(), energies.end(), 0.0);
    std::printf("%zu showers of 50 GeV, %s: sampling fraction %.3f %%\n", energies.size(),
                lowcal::cells_text(generator.detector()).c_str(), 100 * deposited / primary);
} catch (lowcal::InputError const& error) {
    std::fprintf(stderr, "generate: %s\n", error.what());
    return 1;
}
