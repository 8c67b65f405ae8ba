#pragma once

#include "geant4/adapters/asked_generator.hpp"

#include <string>

namespace lowcal::geant4 {

/// What a model class of DDML hands to its network and takes from it; `model` is its name:
///
///     RegularGridGANModel             latent; energy, GeV                   [depth][x][y], MeV
///     RegularGridBIBAEModel           energy; theta; both scaled            the same
///     RegularGridTwoAngleBIBAEModel   energy; theta; phi; all three scaled  the same
///     Par04ExampleVAE                 Par04's vector             [radius][angle][depth], parts
///
/// Throws InputError where it is another.
AskedLayout ddml_layout(std::string const& model);

}  // namespace lowcal::geant4
