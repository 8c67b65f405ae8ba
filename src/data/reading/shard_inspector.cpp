#include "data/reading/shard_inspector.hpp"

#include "core/error.hpp"
#include "data/hdf5/read_limits.hpp"
#include "data/reading/wire.hpp"
#include "data/shower_file.hpp"

#include <algorithm>

namespace lowcal::data {
namespace {

std::string inspect(std::filesystem::path const& path)
{
    return naming_file(path, [&] {
        ShowerFile file(path, {});
        Packer packer;
        packer.add(packed_content(file, Columns::all));
        for (auto const index : file.dropped_showers()) packer.add(index);
        return packer.text();
    });
}

std::unique_ptr<ForkedServer> start_server()
{
    return std::make_unique<ForkedServer>(
        ForkedServer::Config{.shared_bytes = 1,
                             .memory_bytes = limits::reader_bytes,
                             .cpu_seconds_to_start = limits::cpu_seconds_to_open,
                             .cpu_seconds_a_request = limits::cpu_seconds_to_open},
        [] {
            return [](std::string_view path, std::span<std::byte>) {
                return inspect(std::filesystem::path(path));
            };
        });
}

}  // namespace

ShardInspector::ShardInspector() : server_(start_server()) {}

InspectedFile ShardInspector::operator()(std::filesystem::path const& path)
{
    try {
        auto const answer = server_->call(path.string());
        Unpacker unpacker(answer);
        InspectedFile file{.content = unpacked_content(unpacker.text(), path.string()),
                           .dropped_showers = {}};
        while (!unpacker.at_end()) file.dropped_showers.push_back(unpacker.number());
        return file;
    } catch (ServerDeath const& death) {
        server_ = start_server();
        throw InputError("the HDF5 library crashed reading " + path.string(), death.what(),
                         "the file is damaged or hostile");
    }
}

}  // namespace lowcal::data
