// How often the judge of `lowcal evaluate` sees what it should, and cries wolf:
//
//     power_study power SHOWERS REPEATS SHOWERS.h5...    real showers made worse on purpose
//     power_study alarms SHOWERS SPLITS SHOWERS.h5...    random splits of real showers
//
// Each repeat draws two disjoint samples of SHOWERS from all files together. Prints the tables of
// docs/observables.md.

#include "core/error.hpp"
#include "data/reading/shower_reader.hpp"
#include "validation/compare/bootstrap.hpp"
#include "validation/verdict/verdict.hpp"
#include "validation/worsened_showers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <string>

namespace {

using namespace lowcal;
using namespace lowcal::validation;

struct Change {
    char const* name;
    std::vector<std::string> first;  ///< subjects of which one should come first
    std::function<void(data::ShowerBlock&)> apply;
};

std::vector<Change> changes()
{
    return {
        {"energies x 1.01", {"sampling_fraction"}, [](auto& b) { scale_cells(b, 1.01F); }},
        {"energies x 1.03", {"sampling_fraction"}, [](auto& b) { scale_cells(b, 1.03F); }},
        {"layer 12 zero", {"profile_z"}, [](auto& b) { silence_layer(b, 12); }},
        {"cells x lognormal 20 %", {"cell_spectrum"}, [](auto& b) { smear_cells(b, 0.2F, 5); }},
        {"noise 0.1 MeV in 1 %",
         {"cell_spectrum", "hits"},
         [](auto& b) { add_noise(b, 0.01F, 1e-4F, 5); }},
        {"a tenth moved by a cell", {"x_mean", "profile_x"}, [](auto& b) { shift_in_x(b, 10); }},
        {"a quarter copied", {"diversity"}, [](auto& b) { duplicate_a_quarter(b); }},
        {"energies shuffled in tens",
         {"sampling_fraction"},
         [](auto& b) { shuffle_energies(b, 10, 5); }},
        {"energies shuffled in twenties",
         {"sampling_fraction"},
         [](auto& b) { shuffle_energies(b, 20, 5); }},
        {"hits < 0.15 MeV removed",
         {"cell_spectrum", "hits"},
         [](auto& b) { remove_hits_below(b, 0.15e-3F); }},
    };
}

data::ShowerBlock read_files(std::span<char*> files)
{
    data::ShowerBlock all;
    for (auto const* file : files) {
        auto const block = data::read_all_showers(file);
        all.cells.insert(all.cells.end(), block.cells.begin(), block.cells.end());
        all.primary_energy.insert(all.primary_energy.end(), block.primary_energy.begin(),
                                  block.primary_energy.end());
    }
    return all;
}

/// Random indices, none twice.
std::vector<std::uint32_t> draw(std::size_t count, std::size_t wanted, std::uint64_t seed)
{
    std::vector<std::uint32_t> order(count);
    std::iota(order.begin(), order.end(), 0U);
    draw_without_replacement(order, wanted,
                             ItemRandom({.seed = seed, .stream = RandomStream::split}, 0));
    order.resize(wanted);
    return order;
}

data::ShowerBlock taken(data::ShowerBlock const& all, std::span<std::uint32_t const> showers)
{
    data::ShowerBlock block;
    for (auto const shower : showers) {
        auto const cells = all.shower(shower);
        block.cells.insert(block.cells.end(), cells.begin(), cells.end());
        block.primary_energy.push_back(all.primary_energy[shower]);
    }
    return block;
}

Verdict judged(physics::ShowerTable const& reference, physics::ShowerTable const& candidate,
               std::uint64_t seed)
{
    auto const match = match_energies(reference, candidate, "candidate");
    return judge(pool(reference, candidate, match), reference, candidate,
                 {.seed = seed, .threads = 2});
}

physics::ShowerTable table_of(data::ShowerBlock const& block)
{
    physics::ShowerTable table(clic_detector());
    table.add(block);
    return table;
}

void study_power(data::ShowerBlock const& all, std::size_t showers, std::size_t repeats)
{
    fmt::print("| change, {} showers | different | right one first | its median sigmas |\n",
               showers);
    for (auto const& change : changes()) {
        std::size_t different = 0, right = 0;
        std::vector<double> sigmas;
        for (std::size_t repeat = 0; repeat < repeats; ++repeat) {
            auto const drawn = draw(all.count(), 2 * showers, 100 + repeat);
            auto block = taken(all, std::span(drawn).subspan(showers));
            change.apply(block);
            auto const reference = table_of(taken(all, std::span(drawn).first(showers)));
            auto const verdict = judged(reference, table_of(block), repeat);
            auto const& top = verdict.subjects.front();
            different += verdict.answer == Answer::different;
            right +=
                std::ranges::count(change.first, name_of(top.subject, reference.set()).key) > 0;
            sigmas.push_back(top.strongest.sigmas);
        }
        std::ranges::sort(sigmas);
        fmt::print("| {} | {}/{} | {}/{} | {:.1f} |\n", change.name, different, repeats, right,
                   repeats, sigmas[sigmas.size() / 2]);
        std::fflush(stdout);
    }
}

void study_alarms(data::ShowerBlock const& all, std::size_t showers, std::size_t splits)
{
    auto const table = table_of(all);
    std::size_t alarms = 0;
    for (std::size_t split = 0; split < splits; ++split) {
        auto const drawn = draw(all.count(), 2 * showers, 10000 + split);
        auto const verdict = judged(table.selected(std::span(drawn).first(showers)),
                                    table.selected(std::span(drawn).subspan(showers)), split);
        auto const& top = verdict.subjects.front();
        if (verdict.answer != Answer::different) continue;
        ++alarms;
        fmt::print("split {}: {} ({:.2f} sigmas of {:.2f})\n", split,
                   name_of(top.subject, table.set()).key, top.strongest.sigmas, verdict.threshold);
        std::fflush(stdout);
    }
    fmt::print("{} of {} splits of {} against {} showers called different\n", alarms, splits,
               showers, showers);
}

}  // namespace

int main(int argc, char** argv)
{
    if (argc < 5) {
        fmt::print(stderr, "power_study power|alarms SHOWERS REPEATS SHOWERS.h5...\n");
        return 2;
    }
    try {
        auto const all = read_files(std::span(argv + 4, static_cast<std::size_t>(argc - 4)));
        bool const power = std::string(argv[1]) == "power";
        (power ? study_power : study_alarms)(all, std::stoul(argv[2]), std::stoul(argv[3]));
        return 0;
    } catch (std::exception const& error) {
        fmt::print(stderr, "power_study: {}\n", error.what());
        return 1;
    }
}
