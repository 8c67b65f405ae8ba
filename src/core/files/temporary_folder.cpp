#include "core/files/temporary_folder.hpp"

#include "core/error.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace lowcal {

namespace fs = std::filesystem;

TemporaryFolder::TemporaryFolder(std::string const& purpose)
    : TemporaryFolder(purpose, fs::temp_directory_path())
{
}

TemporaryFolder::TemporaryFolder(std::string const& purpose, fs::path const& parent)
{
    auto name = (parent / ("lowcal-" + purpose + "-XXXXXX")).string();
    if (::mkdtemp(name.data()) == nullptr)
        throw InputError("cannot make a temporary folder in " + parent.string(),
                         std::strerror(errno));
    path_ = name;
    guards_.emplace_back(path_);
}

TemporaryFolder::~TemporaryFolder()
{
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

fs::path TemporaryFolder::file(std::string const& name)
{
    auto path = path_ / name;
    guards_.emplace_back(path);
    return path;
}

}  // namespace lowcal
