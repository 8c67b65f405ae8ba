#pragma once

#include <filesystem>
#include <string>
#include <vector>

/// The folder of the networks of the LowCal that a program was built with: find_package sets it.
/// Empty within LowCal itself.
#ifndef LOWCAL_INSTALLED_MODELS
#define LOWCAL_INSTALLED_MODELS ""
#endif

namespace lowcal {

/// Folders where the networks that come with LowCal may lie, in the order in which they are looked
/// for: that of the environment's LOWCAL_MODELS; `installed`; share/lowcal/models of the tree,
/// installed or built and moved wherever, in which the library lies, or the program. The working
/// directory is none of them.
std::vector<std::filesystem::path> network_folders(
    std::filesystem::path const& installed = LOWCAL_INSTALLED_MODELS);

/// The file of a network. A text with a '/', or that ends in ".onnx", is its path and comes back as
/// it is, whether there is such a file or not; any other is the name of one of LowCal's, such as
/// "lean.int8". Throws InputError where no folder has it, which says where it looked.
std::filesystem::path find_network(
    std::string const& text, std::filesystem::path const& installed = LOWCAL_INSTALLED_MODELS);

/// The same of an argument that may be another file, too: a text that is a path, or that there is a
/// file of, comes back as it is; so does one that no folder has a network of.
std::filesystem::path file_or_network(std::string const& text);

/// Throws InputError where a network of this path would be taken for something else later.
void require_network_name(std::filesystem::path const& output);

}  // namespace lowcal
