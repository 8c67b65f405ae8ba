#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace lowcal::data {

/// Name of the attribute that carries a production's identity.
inline constexpr char identity_attribute[] = "production";

/// All that a production's showers and data sets depend on, by name: network, seed, energies,
/// precision, ... Two files with equal identities hold showers of one production: shower i of the
/// one and shower i of the other have the same bits. Conditions that come later (particle, angle,
/// detector) are names of their own; a name that only one side has is a difference.
using ProductionIdentity = std::map<std::string, std::string>;

/// The attribute's text: a JSON object on one line, its names sorted; equal for equal identities.
std::string identity_text(ProductionIdentity const& identity);

/// Reads the text of `file`'s attribute. Throws InputError where it is no JSON object of strings.
ProductionIdentity parse_identity(std::string const& text, std::filesystem::path const& file);

/// "energy is 50 GeV, not 60 GeV; seed is ...": all that `found` has otherwise than `wanted`; empty
/// where they are equal.
std::string identity_differences(ProductionIdentity const& found, ProductionIdentity const& wanted);

}  // namespace lowcal::data
