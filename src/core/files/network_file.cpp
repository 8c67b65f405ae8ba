#include "core/files/network_file.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <cstdlib>
#include <dlfcn.h>
#include <set>
#include <string_view>
#include <system_error>

namespace lowcal {
namespace {

namespace fs = std::filesystem;

/// In a tree that is installed or built (LowCalInstall.cmake).
constexpr std::string_view place_in_tree = "share/lowcal/models";
constexpr std::string_view network_extension = ".onnx";
/// Programs lie in bin/, libraries in lib/ or lib/ARCHITECTURE/.
constexpr int deepest_folder = 2;

/// The shared library that this code is part of, or the program.
fs::path own_file()
{
    Dl_info info{};
    if (::dladdr(reinterpret_cast<void const*>(&own_file), &info) == 0) return {};
    return info.dli_fname;
}

bool is_folder(fs::path const& path)
{
    std::error_code failure;
    return fs::is_directory(path, failure);
}

/// Adds the models of the tree in which a program or library lies, where it has some.
void add_tree_of(fs::path const& file, std::vector<fs::path>& folders)
{
    std::error_code failure;
    auto folder = fs::canonical(file, failure).parent_path();
    if (failure) return;
    for (int depth = 0; depth < deepest_folder && folder.has_relative_path(); ++depth) {
        folder = folder.parent_path();
        auto models = folder / place_in_tree;
        if (!is_folder(models)) continue;
        if (std::find(folders.begin(), folders.end(), models) == folders.end())
            folders.push_back(std::move(models));
        return;
    }
}

std::string places(std::vector<fs::path> const& folders)
{
    if (folders.empty()) return "there is no share/lowcal/models beside program or library";
    std::string text = "looked in ";
    for (auto const& folder : folders)
        text += (&folder == &folders.front() ? "" : ", ") + folder.string();
    return text;
}

/// The network of this name in the first folder that has one; empty if none has.
fs::path named_network(std::string const& name, std::vector<fs::path> const& folders)
{
    for (auto const& folder : folders) {
        auto file = folder / (name + std::string(network_extension));
        std::error_code failure;
        if (fs::exists(file, failure)) return file;
    }
    return {};
}

/// "a name (angles, conv2d, lean.int8)", of all networks in the folders; an example where none is.
std::string known_names(std::vector<fs::path> const& folders)
{
    std::set<std::string> names;
    for (auto const& folder : folders) {
        std::error_code failure;
        for (auto const& entry : fs::directory_iterator(folder, failure))
            if (entry.path().extension() == network_extension)
                names.insert(entry.path().stem().string());
    }
    if (names.empty()) return "a name such as lean.int8";
    std::string text = "a name (";
    for (auto const& name : names) text += (name == *names.begin() ? "" : ", ") + name;
    return text + ")";
}

bool is_path(std::string const& text)
{
    return text.find('/') != std::string::npos || text.ends_with(network_extension);
}

}  // namespace

std::vector<fs::path> network_folders(fs::path const& installed)
{
    std::vector<fs::path> folders;
    auto const* const wanted = std::getenv("LOWCAL_MODELS");
    if (wanted != nullptr && *wanted != '\0') folders.emplace_back(wanted);
    if (!installed.empty()) folders.push_back(installed);
    add_tree_of(own_file(), folders);
    add_tree_of("/proc/self/exe", folders);
    return folders;
}

fs::path find_network(std::string const& text, fs::path const& installed)
{
    if (is_path(text)) return text;
    auto const folders = network_folders(installed);
    auto file = named_network(text, folders);
    if (!file.empty()) return file;
    throw InputError("no network " + text, places(folders),
                     "give " + known_names(folders) +
                         ", the path of a file that ends in .onnx, or set LOWCAL_MODELS to the "
                         "folder of the networks");
}

void require_network_name(fs::path const& output)
{
    if (output.extension() != network_extension)
        throw InputError("cannot write " + output.string(),
                         "files of networks are known by their names' end",
                         "end it in " + std::string(network_extension));
}

fs::path file_or_network(std::string const& text)
{
    std::error_code failure;
    if (is_path(text) || fs::exists(text, failure)) return text;
    auto file = named_network(text, network_folders());
    return file.empty() ? fs::path(text) : file;
}

}  // namespace lowcal
