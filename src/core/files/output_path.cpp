#include "core/files/output_path.hpp"

#include "core/error.hpp"

#include <array>
#include <fstream>

namespace lowcal {

namespace fs = std::filesystem;

namespace {

bool is_hdf5(fs::path const& file)
{
    std::array<char, hdf5_signature.size()> begin{};
    std::ifstream(file, std::ios::binary).read(begin.data(), begin.size());
    return std::string_view(begin.data(), begin.size()) == hdf5_signature;
}

}  // namespace

void require_output_path(fs::path const& output, FileKind kind)
{
    if (output.empty()) return;
    std::error_code unknown;
    auto const problem = "cannot write " + output.string();
    if (fs::exists(output, unknown) && !fs::is_regular_file(output, unknown))
        throw InputError(problem, "it is a folder or a device, not a regular file");
    if (auto const size = fs::file_size(output, unknown);
        !unknown && size > 0 && is_hdf5(output) != (kind == FileKind::hdf5))
        throw InputError(
            problem,
            kind == FileKind::hdf5 ? "there is a file that is not HDF5" : "there is an HDF5 file",
            "choose another name, or remove it first");
    if (output.has_parent_path() && !fs::is_directory(output.parent_path(), unknown))
        throw InputError(problem, "there is no folder " + output.parent_path().string());
}

void require_not_an_input(fs::path const& output, std::span<fs::path const> inputs)
{
    for (auto const& input : inputs) {
        std::error_code one_is_missing;
        if (!fs::equivalent(output, input, one_is_missing)) continue;
        throw InputError("cannot write " + output.string(),
                         "it is the same file as the input " + input.string(),
                         "choose another name");
    }
}

}  // namespace lowcal
