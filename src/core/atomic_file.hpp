#pragma once

#include <filesystem>
#include <string_view>

namespace lowcal {

/// Path beside `final_path` where a file is made before it gets its name: same directory, so that
/// the rename is atomic; the process id keeps two writers apart.
std::filesystem::path temporary_beside(std::filesystem::path const& final_path);

/// Flushes `temporary` to disk and renames it to `final_path`, then flushes the directory: after a
/// power cut the name holds either the old content or the whole new one. Throws InputError, also
/// where `final_path` is a folder or a device, which the rename would replace.
void commit_file(std::filesystem::path const& temporary, std::filesystem::path const& final_path);

/// Writes `content` so that `path` is complete or untouched. Throws InputError.
void write_file_atomically(std::filesystem::path const& path, std::string_view content);

}  // namespace lowcal
