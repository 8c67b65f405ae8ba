/// A shard from anywhere, beside one of ours: joined, or refused with an InputError and no output.

#include "data/merge.hpp"
#include "refusals.hpp"
#include "scratch_file.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace {

std::vector<std::uint8_t> content_of(std::filesystem::path const& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size)
{
    using namespace lowcal;
    static auto const first =
        fuzz::scratch_file("first.h5", content_of(LOWCAL_FUZZ_CORPUS "/merge/first.h5"));
    auto const output = fuzz::scratch_folder() / "merged.h5";
    std::filesystem::remove(output);
    try {
        data::merge_shards({first, fuzz::scratch_file("second.h5", {bytes, size})}, output);
    } catch (InputError const& error) {
        fuzz::note_refusal(error, {bytes, size});
        if (std::filesystem::exists(output)) std::abort();  // refused, but something is left
    }
    return 0;
}
