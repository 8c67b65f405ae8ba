/// A shower file from anywhere, read as the reading process does it, but in this process: many
/// times as fast as fuzz_showers, and our own code is under the sanitizers. HDF5's crashes end it,
/// which tests/fuzz/run.sh counts apart.

#include "core/detector/known_detectors.hpp"
#include "data/shower_file.hpp"
#include "scratch_file.hpp"

#include <algorithm>
#include <exception>
#include <vector>

namespace {

using namespace lowcal;

void read_all(data::ShowerFile const& file)
{
    constexpr std::size_t showers = 16;
    auto const& stored = file.showers();
    std::vector<float> numbers;
    for (std::size_t first = 0; first < file.count(); first += showers) {
        auto const count = std::min(showers, file.count() - first);
        numbers.resize(count * stored.detector().cells());
        stored.read_cells(first, numbers);
        numbers.resize(count);
        stored.read_energies(first, numbers);
        for (auto const& column : file.columns()) {
            numbers.resize(count * column.width);
            file.read_column(column, first, numbers);
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size)
{
    try {
        data::ShowerFile file(fuzz::scratch_file("showers.h5", {bytes, size}), {});
        file.find_all_columns();
        file.string_attributes(data::VariableTexts::all);
        file.dropped_showers();
        read_all(file);
    } catch (std::exception const&) {  // refused; the reading process names the file
    }
    return 0;
}
