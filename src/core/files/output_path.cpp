#include "core/files/output_path.hpp"

#include "core/error.hpp"

namespace lowcal {

namespace fs = std::filesystem;

void require_output_path(fs::path const& output)
{
    std::error_code unknown;
    auto const problem = "cannot write " + output.string();
    if (fs::exists(output, unknown) && !fs::is_regular_file(output, unknown))
        throw InputError(problem, "it is a folder or a device, not a regular file");
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
