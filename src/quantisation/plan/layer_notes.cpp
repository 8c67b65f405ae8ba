#include "quantisation/plan/layer_notes.hpp"

#include <fmt/format.h>

#include <sstream>

namespace lowcal::quantisation {
namespace {

std::vector<std::string> fields_of(std::string const& line)
{
    std::vector<std::string> fields;
    std::istringstream stream(line);
    for (std::string field; std::getline(stream, field, '|');) fields.push_back(field);
    return fields;
}

}  // namespace

std::string layer_notes(std::vector<Int8Layer> const& layers)
{
    std::string text;
    for (auto const& layer : layers)
        text += fmt::format("{}|{}|{}|{}|{}|{}|{}\n", layer.name, name_of(layer.precision),
                            layer.input.scale, layer.input.zero_point, layer.input_low,
                            layer.input_high, layer.reason);
    return text;
}

std::vector<LayerNote> read_layer_notes(graph::Graph const& network)
{
    std::vector<LayerNote> notes;
    auto const found = network.metadata.find(layer_notes_key);
    if (found == network.metadata.end()) return notes;
    std::istringstream lines(found->second);
    for (std::string line; std::getline(lines, line);) {
        auto const fields = fields_of(line);
        if (fields.size() < 6) continue;
        LayerNote note{.name = fields[0], .precision = fields[1]};
        std::istringstream numbers(fields[2] + " " + fields[3] + " " + fields[4] + " " + fields[5]);
        if (!(numbers >> note.input.scale >> note.input.zero_point >> note.seen_low >>
              note.seen_high))
            continue;
        if (fields.size() > 6) note.reason = fields[6];
        notes.push_back(std::move(note));
    }
    return notes;
}

}  // namespace lowcal::quantisation
