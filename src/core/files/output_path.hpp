#pragma once

#include <filesystem>
#include <span>
#include <string_view>

namespace lowcal {

/// What HDF5 files begin with.
inline constexpr std::string_view hdf5_signature = "\x89HDF\r\n\x1a\n";

/// What is to be written: files of one kind do not take the place of those of the other.
enum class FileKind { hdf5, other };

/// What commands check before they begin, so that hours of work do not end in a name that cannot be
/// written, or cost a file of another kind. Throws InputError where `output` is a folder or a
/// device, a file of another kind, or its folder is not there. An empty path is no output.
void require_output_path(std::filesystem::path const& output, FileKind kind);

/// Throws InputError where `output` is one of the files that are read to make it, under whatever
/// name: also through links, symbolic or hard.
void require_not_an_input(std::filesystem::path const& output,
                          std::span<std::filesystem::path const> inputs);

}  // namespace lowcal
