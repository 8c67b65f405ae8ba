#include "graph/onnx/side_files.hpp"

#include "core/error.hpp"
#include "graph/model/element_type.hpp"
#include "graph/model/memory_budget.hpp"
#include "graph/onnx/onnx_tensor.hpp"

#include <fmt/format.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <charconv>
#include <fstream>

namespace lowcal::graph {
namespace {

namespace fs = std::filesystem;

/// Where a tensor's bytes stand.
struct Place {
    std::string location;
    std::int64_t offset = 0;
    std::int64_t length = -1;  ///< -1: not said
};

std::int64_t number_of(std::string const& text, std::string const& where)
{
    std::int64_t number = -1;
    auto const* const last = text.data() + text.size();
    auto const [end, error] = std::from_chars(text.data(), last, number);
    if (error != std::errc{} || end != last || number < 0)
        reject_tensor(where, "its place in another file is '" + text + "'");
    return number;
}

Place place_of(onnx::TensorProto const& tensor, std::string const& where)
{
    Place place;
    for (auto const& entry : tensor.external_data()) {
        if (entry.key() == "location") place.location = entry.value();
        if (entry.key() == "offset") place.offset = number_of(entry.value(), where);
        if (entry.key() == "length") place.length = number_of(entry.value(), where);
    }
    return place;
}

/// The file, links resolved; it may not lead out of the network's folder.
fs::path file_of(Place const& place, fs::path const& folder, std::string const& where)
{
    fs::path const relative(place.location);
    bool const climbs = std::find(relative.begin(), relative.end(), "..") != relative.end();
    if (relative.empty() || relative.is_absolute() || climbs)
        reject_tensor(where,
                      "its data stand in '" + place.location + "', outside the network's folder",
                      "put them beside the network");
    std::error_code failure;
    auto const home = fs::canonical(folder.empty() ? fs::path(".") : folder, failure);
    auto const file = failure ? fs::path() : fs::canonical(home / relative, failure);
    if (failure)
        reject_tensor(where, "its data stand in '" + place.location + "': " + failure.message(),
                      "keep that file beside the network");
    if (std::mismatch(home.begin(), home.end(), file.begin(), file.end()).first != home.end())
        reject_tensor(where,
                      "its data stand in '" + place.location + "', which leads out of the folder");
    if (!fs::is_regular_file(file))
        reject_tensor(where, "its data stand in '" + place.location + "', which is no file");
    return file;
}

/// Bytes that its shape needs.
std::int64_t bytes_of(onnx::TensorProto const& tensor, std::string const& where)
{
    Shape const shape(tensor.dims().begin(), tensor.dims().end());
    auto const count = bounded_element_count(shape);
    auto const bytes = stored_bytes_of_code(tensor.data_type());
    if (!count || !bytes)
        reject_tensor(where, "its shape " + describe(shape) + " is impossible or too large");
    return *count * *bytes;
}

void load(onnx::TensorProto& tensor, Place const& place, fs::path const& file,
          std::string const& where)
{
    auto const bytes = bytes_of(tensor, where);
    auto const size = static_cast<std::int64_t>(fs::file_size(file));
    if ((place.length >= 0 && place.length != bytes) || place.offset > size ||
        bytes > size - place.offset)
        reject_tensor(where,
                      fmt::format("it needs {} bytes from {} on of '{}', which has {}", bytes,
                                  place.offset, place.location, size),
                      "does the file belong to this network?");
    std::ifstream stream(file, std::ios::binary);
    std::string content(static_cast<std::size_t>(bytes), '\0');
    stream.seekg(place.offset);
    if (!stream.read(content.data(), bytes))
        reject_tensor(where, "'" + place.location + "' cannot be read");
    tensor.set_raw_data(std::move(content));
    tensor.clear_external_data();
    tensor.clear_data_location();
}

}  // namespace

std::vector<fs::path> load_side_files(onnx::ModelProto& proto, fs::path const& folder)
{
    std::vector<fs::path> files;
    if (!proto.has_graph()) return files;
    MemoryBudget budget("the network's initializers");
    for (auto& tensor : *proto.mutable_graph()->mutable_initializer()) {
        if (tensor.data_location() != onnx::TensorProto::EXTERNAL) continue;
        auto const where = "the initializer '" + tensor.name() + "'";
        auto const place = place_of(tensor, where);
        auto const file = file_of(place, folder, where);
        budget.take(bytes_of(tensor, where), where);
        load(tensor, place, file, where);
        if (std::find(files.begin(), files.end(), file) == files.end()) files.push_back(file);
    }
    return files;
}

}  // namespace lowcal::graph
