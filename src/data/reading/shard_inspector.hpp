#pragma once

#include "core/processes/forked_server.hpp"
#include "data/reading/shower_file_content.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

namespace lowcal::data {

/// What a shower file holds, and which showers of its production were bad and are not in it.
struct InspectedFile {
    ShowerFileContent content;
    std::vector<std::uint64_t> dropped_showers;  ///< indices
};

/// Looks into one shower file after the other, all columns included, without reading showers: in a
/// process of its own, as ShowerService, but one for all files, so that ten thousand take seconds.
/// Make it while no other thread uses HDF5; one thread.
class ShardInspector {
public:
    ShardInspector();

    /// Throws InputError as ShowerReader does; the inspector can then be asked for other files.
    InspectedFile operator()(std::filesystem::path const& path);

private:
    std::unique_ptr<ForkedServer> server_;
};

}  // namespace lowcal::data
