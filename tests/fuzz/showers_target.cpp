/// A shower file from anywhere: read to its end by the reading process, or refused with an
/// InputError.

#include "core/detector/known_detectors.hpp"
#include "data/reading/shower_reader.hpp"
#include "data/summary.hpp"
#include "refusals.hpp"
#include "scratch_file.hpp"

#include <hdf5.h>

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size)
{
    using namespace lowcal;
    static auto const ready = H5open();  // here, so that not every reading process must
    if (ready < 0) std::abort();
    try {
        auto const path = fuzz::scratch_file("showers.h5", {bytes, size});
        data::ShowerReader reader(path, {.bad_showers = data::BadShowers::skip});
        reader.attributes();
        data::summarise(reader, clic_detector());
    } catch (InputError const& error) {
        fuzz::note_refusal(error, {bytes, size});
    }
    return 0;
}
