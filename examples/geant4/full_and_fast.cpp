// Full and fast simulation of the same calorimeter in one program: full_and_fast MACRO
// [--threads N] [--network NAME_OR_FILE] [--events], which prints each event,
// [--profiles FILE], into which each run's longitudinal profile goes (profiles.gp draws two).
#include "calorimeter.hpp"
#include "physics.hpp"
#include "run.hpp"

#include <G4FastSimulationPhysics.hh>
#include <G4RunManagerFactory.hh>
#include <G4UImanager.hh>
#include <G4VModularPhysicsList.hh>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

namespace {

struct Options {
    std::string macro;
    int threads = 1;
    std::string network = "lean.int8";
    RunOutput output;
};

/// Empty where the command line is wrong.
Options parse(int argc, char** argv)
{
    Options options;
    for (int i = 1; i < argc; ++i) {
        std::string const text = argv[i];
        if (text == "--events")
            options.output.each_event = true;
        else if (text == "--threads" && i + 1 < argc)
            options.threads = std::atoi(argv[++i]);
        else if (text == "--network" && i + 1 < argc)
            options.network = argv[++i];
        else if (text == "--profiles" && i + 1 < argc)
            options.output.profiles = argv[++i];
        else if (text.rfind("--", 0) != 0 && options.macro.empty())
            options.macro = text;
        else
            return {};
    }
    return options.threads > 0 ? options : Options{};
}

G4VModularPhysicsList* physics()
{
    auto* const fast = new G4FastSimulationPhysics;
    fast->ActivateFastSimulation("e-");
    auto* const list = new G4VModularPhysicsList;
    list->RegisterPhysics(new Electromagnetic);
    list->RegisterPhysics(fast);
    return list;
}

}  // namespace

int main(int argc, char** argv)
try {
    auto const options = parse(argc, argv);
    if (options.macro.empty()) {
        std::fputs(
            "usage: full_and_fast MACRO [--threads N] [--network NAME_OR_FILE] [--events] "
            "[--profiles FILE]\n",
            stderr);
        return 2;
    }
    // One network for all threads; an event has few particles, whose showers need no long runs of
    // it.
    auto const generator = std::make_shared<lowcal::runtime::ShowerGenerator const>(
        lowcal::find_network(options.network),
        lowcal::runtime::ShowerGenerator::Config{.batch = 1});
    if (!options.output.profiles.empty()) std::remove(options.output.profiles.c_str());
    // With its one thread, too, this manager gives each event random numbers of its own.
    std::unique_ptr<G4RunManager> const manager(
        G4RunManagerFactory::CreateRunManager(G4RunManagerType::MTOnly));
    manager->SetNumberOfThreads(options.threads);
    manager->SetUserInitialization(new Calorimeter(generator));
    manager->SetUserInitialization(physics());
    manager->SetUserInitialization(new Actions(options.output));
    return G4UImanager::GetUIpointer()->ApplyCommand("/control/execute " + options.macro) == 0 ? 0
                                                                                               : 1;
} catch (lowcal::InputError const& error) {
    std::fprintf(stderr, "full_and_fast: %s\n", error.what());
    return 1;
}
