// Makes an int8 network of a float32 one and says what it gained: quantise_your_own NETWORK.onnx
// SHOWERS.h5 OUT.onnx. Of the showers only energies and conditions are used, to calibrate.
#include <cstdio>
#include <lowcal/workflows.hpp>

int main(int argc, char** argv)
try {
    if (argc != 4) {
        std::fputs("usage: quantise_your_own NETWORK.onnx SHOWERS.h5 OUT.onnx\n", stderr);
        return 2;
    }
    auto const model = lowcal::find_network(argv[1]);
    lowcal::set_listener({.progress = stderr});
    lowcal::workflows::QuantiseRequest request{
        .model = model, .calibration = argv[2], .out = argv[3], .count = 128};
    request.config.rounding = lowcal::quantisation::WeightRounding::compensated;
    lowcal::workflows::quantise(request);
    auto const rows = lowcal::workflows::run_benchmark(
        {.models = {model, request.out}, .batches = {16}, .rounds = 3});
    for (auto const& row : rows)
        std::printf("%-28s %-5s %8.0f us a shower %8.2f MB\n", row.model.c_str(),
                    row.precision.c_str(), row.us_per_shower, row.file_mb);
} catch (lowcal::InputError const& error) {
    std::fprintf(stderr, "quantise_your_own: %s\n", error.what());
    return 1;
}
