#include "scratch_file.hpp"

#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace lowcal::fuzz {
namespace {

namespace fs = std::filesystem;

class Folder {
public:
    Folder()
    {
        std::string const shared_memory = "/dev/shm";
        auto const parent =
            fs::is_directory(shared_memory) ? fs::path(shared_memory) : fs::temp_directory_path();
        auto name = (parent / "lowcal-fuzz-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder " + name);
        path_ = name;
    }
    ~Folder()
    {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    Folder(Folder const&) = delete;
    Folder& operator=(Folder const&) = delete;
    fs::path const& path() const { return path_; }

private:
    fs::path path_;
};

}  // namespace

fs::path const& scratch_folder()
{
    static Folder const folder;
    return folder.path();
}

fs::path scratch_file(std::string const& name, std::span<std::uint8_t const> bytes)
{
    auto path = scratch_folder() / name;
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(reinterpret_cast<char const*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
    return path;
}

}  // namespace lowcal::fuzz
