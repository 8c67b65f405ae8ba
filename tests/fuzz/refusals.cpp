#include "refusals.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

namespace lowcal::fuzz {
namespace {

class Deaths {
public:
    Deaths() = default;
    ~Deaths()
    {
        for (auto const& [how, count] : counts_)
            std::fprintf(stderr, "The reading process died %zu times of: %s\n", count, how.c_str());
    }
    Deaths(Deaths const&) = delete;
    Deaths& operator=(Deaths const&) = delete;

    void add(std::string const& how, std::span<std::uint8_t const> bytes)
    {
        ++counts_[how];
        auto const* const folder = std::getenv("LOWCAL_FUZZ_DEATHS");
        if (folder == nullptr) return;
        auto const name = "death-" + std::to_string(++kept_) + ".h5";
        std::ofstream file(std::filesystem::path(folder) / name, std::ios::binary);
        file.write(reinterpret_cast<char const*>(bytes.data()),
                   static_cast<std::streamsize>(bytes.size()));
    }

private:
    std::map<std::string, std::size_t> counts_;
    std::size_t kept_ = 0;
};

}  // namespace

void note_refusal(InputError const& error, std::span<std::uint8_t const> bytes)
{
    static Deaths deaths;
    std::string const text = error.what();
    if (text.find("the HDF5 library crashed") == std::string::npos) return;
    auto const reason = text.find('(');
    deaths.add(text.substr(reason == std::string::npos ? 0 : reason), bytes);
}

}  // namespace lowcal::fuzz
