#pragma once

#include <filesystem>

namespace lowcal::cli {

/// Prints what productions the shards in a folder are of. Throws InputError as
/// workflows::shard_folder_info does.
void print_folder_info(std::filesystem::path const& folder, bool json);

}  // namespace lowcal::cli
