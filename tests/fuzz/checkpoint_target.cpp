/// A damaged checkpoint beside a whole one: either is taken, or an InputError is thrown.

#include "core/error.hpp"
#include "scratch_file.hpp"
#include "training/loop/checkpoint.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size)
{
    using namespace lowcal;
    try {
        fuzz::scratch_file("checkpoint.pt", {bytes, size});
        training::read_checkpoint_config(training::newest_checkpoint(fuzz::scratch_folder()));
    } catch (InputError const&) {  // refused
    }
    return 0;
}
