/// A network from anywhere: described, planned and run, or refused with an InputError.

#include "core/error.hpp"
#include "runtime/any_network.hpp"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size)
{
    try {
        lowcal::test::try_network({reinterpret_cast<char const*>(bytes), size});
    } catch (lowcal::InputError const&) {  // refused
    }
    return 0;
}
