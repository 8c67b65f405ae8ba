#include "scratch_file.hpp"

#include "sanitized.hpp"

#include <cstdlib>
#include <fstream>
#include <pthread.h>
#include <stdexcept>
#include <unistd.h>

#ifdef LOWCAL_ADDRESS_SANITIZER
#include <sanitizer/common_interface_defs.h>
#endif

namespace lowcal::fuzz {
namespace {

namespace fs = std::filesystem;

/// libFuzzer takes a find of the address sanitizer for its own, in a reading process too, whose
/// death is a refusal.
void forget_fuzzer()
{
#ifdef LOWCAL_ADDRESS_SANITIZER
    __sanitizer_set_death_callback(nullptr);
#endif
}

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
        ::pthread_atfork(nullptr, nullptr, forget_fuzzer);
    }
    ~Folder()
    {
        if (::getpid() != owner_) return;
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    Folder(Folder const&) = delete;
    Folder& operator=(Folder const&) = delete;
    fs::path const& path() const { return path_; }

private:
    fs::path path_;
    pid_t owner_ = ::getpid();  ///< a forked child removes nothing of its parent's
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
