/// A shower file from anywhere: read to its end, or refused with an InputError.

#include "core/error.hpp"
#include "data/shower_reader.hpp"
#include "data/summary.hpp"
#include "scratch_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size)
{
    using namespace lowcal;
    try {
        auto const path = fuzz::scratch_file("showers.h5", {bytes, size});
        data::ShowerReader reader(path, {.bad_showers = data::BadShowers::skip});
        reader.attributes();
        data::summarise(reader);
    } catch (InputError const&) {  // refused
    }
    return 0;
}
