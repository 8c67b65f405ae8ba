#include "data/reading/shower_file_content.hpp"

#include "core/detector/detector_json.hpp"
#include "data/hdf5/read_limits.hpp"
#include "data/reading/wire.hpp"
#include "data/shower_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace lowcal::data {
namespace {

constexpr std::size_t most_axes = 32;  // HDF5's own

void pack(Packer& packer, FloatDataSet const& data_set)
{
    packer.add(data_set.name());
    packer.add(data_set.shape().size() - 1);
    for (std::size_t axis = 1; axis < data_set.shape().size(); ++axis)
        packer.add(data_set.shape()[axis]);
}

void pack_data_sets(Packer& packer, ShowerFile const& file)
{
    std::size_t count = 2;
    for (auto const& column : file.columns()) count += column.data_set.has_value();
    packer.add(count);
    pack(packer, file.showers().cells());
    pack(packer, file.showers().energies());
    for (auto const& column : file.columns())
        if (column.data_set) pack(packer, *column.data_set);
}

std::vector<ShowerFileContent::DataSet> unpack_data_sets(Unpacker& unpacker)
{
    std::vector<ShowerFileContent::DataSet> data_sets;
    for (auto count = unpacker.number(); count > 0 && !unpacker.at_end(); --count) {
        ShowerFileContent::DataSet data_set{.name = unpacker.text(), .row_shape = {}};
        auto const axes = unpacker.number();
        for (std::size_t axis = 0; axis < axes && axis < most_axes; ++axis)
            data_set.row_shape.push_back(unpacker.number());
        data_sets.push_back(std::move(data_set));
    }
    return data_sets;
}

std::vector<ShowerFileContent::Column> unpack_columns(Unpacker& unpacker, std::string const& label)
{
    std::vector<ShowerFileContent::Column> all;
    for (auto columns = unpacker.number(); columns > 0 && !unpacker.at_end(); --columns) {
        auto name = unpacker.text();
        auto const width = unpacker.number();
        if (width == 0 || width > limits::shared_bytes / sizeof(float))
            throw InputError("cannot read " + label + ": data set " + name,
                             fmt::format("it has {} numbers a shower", width));
        all.push_back({std::move(name), width});
    }
    return all;
}

}  // namespace

std::string packed_content(ShowerFile& file, Columns columns)
{
    bool const all = columns == Columns::all;
    auto const not_carried = all ? file.find_all_columns() : std::vector<ShowerFile::NotCarried>{};
    Packer packer;
    auto const& showers = file.showers();
    packer.add(static_cast<std::size_t>(showers.layout()));
    packer.add(to_json(showers.detector()));
    packer.add(file.detector_source() == DetectorSource::guessed ? 1U : 0U);
    packer.add(file.count());
    packer.add(showers.cells().label());
    packer.add(showers.energies().label());
    pack_data_sets(packer, file);
    packer.add(file.columns().size());
    for (auto const& column : file.columns()) {
        packer.add(column.name);
        packer.add(column.width);
    }
    packer.add(not_carried.size());
    for (auto const& [name, reason] : not_carried) {
        packer.add(name);
        packer.add(reason);
    }
    auto const texts = all ? VariableTexts::all : VariableTexts::provenance;
    for (auto const& [name, value] : file.string_attributes(texts)) {
        packer.add(name);
        packer.add(value);
    }
    return packer.text();
}

ShowerFileContent unpacked_content(std::string_view text, std::string const& label)
{
    Unpacker unpacker(text);
    ShowerFileContent content;
    content.layout = static_cast<Layout>(unpacker.number());
    content.detector = detector_from_json(unpacker.text(), label);
    content.detector_is_guessed = unpacker.number() != 0;
    content.count = unpacker.number();
    content.cells_label = unpacker.text();
    content.energies_label = unpacker.text();
    content.data_sets = unpack_data_sets(unpacker);
    content.columns = unpack_columns(unpacker, label);
    for (auto names = unpacker.number(); names > 0 && !unpacker.at_end(); --names) {
        auto name = unpacker.text();
        content.not_carried.push_back({std::move(name), unpacker.text()});
    }
    while (!unpacker.at_end()) {
        auto name = unpacker.text();
        content.attributes[std::move(name)] = unpacker.text();
    }
    return content;
}

void require_all_carried(ShowerFileContent const& content, std::filesystem::path const& path,
                         std::vector<std::string> const& droppable)
{
    for (auto const& [name, reason] : content.not_carried) {
        if (std::find(droppable.begin(), droppable.end(), name) != droppable.end()) continue;
        throw InputError(fmt::format("{}: {} would be lost", path.string(), name), reason,
                         fmt::format("--drop {} leaves it out", name));
    }
}

void refuse_memory(std::filesystem::path const& path)
{
    throw InputError(
        "cannot read " + path.string(),
        fmt::format("it takes more memory than {} MiB", limits::reader_bytes / limits::mebibyte));
}

void refuse_damaged(std::filesystem::path const& path, char const* what)
{
    throw InputError("cannot read " + path.string(), what, "the file is damaged");
}

}  // namespace lowcal::data
