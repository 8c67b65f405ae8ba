#include "geant4/adapters/ddml_layouts.hpp"

#include "core/error.hpp"

#include <map>
#include <numbers>

namespace lowcal::geant4 {
namespace {

using Meaning = AskedNumber::Meaning;

constexpr double largest_vae_energy = 1024;                   ///< GeV
constexpr double largest_vae_angle = 0.5 * std::numbers::pi;  ///< rad

std::map<std::string, AskedLayout> layouts()
{
    return {
        {"RegularGridGANModel",
         {.vectors = {{.latent = true}, {.conditions = 1}},
          .numbers = {{.meaning = Meaning::energy, .vector = 1}}}},
        {"RegularGridBIBAEModel",
         {.vectors = {{.conditions = 1}, {.conditions = 1}, {.conditions = 2}},
          .numbers = {{.meaning = Meaning::energy}, {.meaning = Meaning::theta, .vector = 1}}}},
        {"RegularGridTwoAngleBIBAEModel",
         {.vectors = {{.conditions = 1}, {.conditions = 1}, {.conditions = 1}, {.conditions = 3}},
          .numbers = {{.meaning = Meaning::energy},
                      {.meaning = Meaning::theta, .vector = 1},
                      {.meaning = Meaning::phi, .vector = 2}}}},
        {"Par04ExampleVAE",
         {.vectors = {{.conditions = 4, .latent = true}},
          .numbers = {{.meaning = Meaning::energy, .from_end = 4, .unit = largest_vae_energy},
                      {.meaning = Meaning::theta, .from_end = 3, .unit = largest_vae_angle}},
          .order = CellOrder::radius_angle_depth,
          .unit = CellUnit::of_primary_energy}}};
}

}  // namespace

AskedLayout ddml_layout(std::string const& model)
{
    auto const known = layouts();
    if (auto const found = known.find(model); found != known.end()) return found->second;
    std::string names;
    for (auto const& [name, layout] : known) names += (names.empty() ? "" : ", ") + name;
    throw InputError("no model of DDML is called '" + model + "' here", "known are " + names);
}

}  // namespace lowcal::geant4
