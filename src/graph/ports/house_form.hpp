#pragma once

#include "graph/model/graph.hpp"
#include "graph/ports/port_map.hpp"

#include <filesystem>
#include <optional>

namespace lowcal::graph {

/// What is said of a network beside its file.
struct NetworkNotes {
    std::optional<PortMap> ports{};      ///< of --ports
    std::optional<Detector> detector{};  ///< of one that does not say its own
};

/// The same network with the inputs and the output that everything else here knows (ports.hpp):
/// `latent`, `uniform`, `energy` and conditions [N, width], one output in GeV with the detector's
/// axes; what its own inputs need is computed of these by nodes in front, the cells by nodes
/// behind. Other outputs go. The detector is written into its metadata where it is known, and what
/// was made of what (`ports_key`). A network that has this form, or was brought into it before,
/// comes back as it is.
///
/// Throws InputError: where `ports` names inputs or an output that are not there, leaves out an
/// input, or does not fit their sizes; and where there are none and the guess is not sure: then the
/// message ends with the JSON to correct.
Graph house_form(Graph network, NetworkNotes const& notes);

/// Metadata of a network that was brought into this form: the JSON of its map.
inline constexpr char const* ports_key = "lowcal.ports";

/// Whether the inputs are those of the house already.
bool has_house_inputs(Graph const& network);

/// Reads a network and brings it into that form; messages name the file.
Graph read_generator(std::filesystem::path const& onnx_file, NetworkNotes const& notes);

}  // namespace lowcal::graph
