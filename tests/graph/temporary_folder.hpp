#pragma once

#include "core/files/temporary_folder.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace lowcal::graph {

/// A folder that lives as long as the object.
class TemporaryFolder {
public:
    std::filesystem::path file(std::string const& name) const { return folder_.path() / name; }

private:
    lowcal::TemporaryFolder folder_{"test"};
};

inline std::string read_bytes(std::filesystem::path const& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_bytes(std::filesystem::path const& path, std::string const& bytes)
{
    std::ofstream(path, std::ios::binary)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace lowcal::graph
