#include "cli/options/command_help.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>

namespace lowcal::cli {
namespace {

struct Example {
    std::string_view command;
    std::string_view typed;
};

constexpr Example examples[] = {
    {"lowcal", "lowcal generate lean.int8 --energy 2:500 --count 1000 --out showers.h5"},
    {"info", "lowcal info showers.h5"},
    {"quantize", "lowcal quantize network.onnx --calibration showers.h5 --out network.int8.onnx"},
    {"shift", "lowcal shift network.onnx --candidate int8=network.int8.onnx"},
    {"generate", "lowcal generate lean.int8 --energy 2:500 --count 1000 --out showers.h5"},
    {"evaluate",
     "lowcal evaluate --reference geant4.h5 --candidate mine=network.onnx --out report"},
    {"bench", "lowcal bench network.onnx network.int8.onnx --batch 1,16,64"},
    {"convert", "lowcal convert showers.h5 showers.hdf5 --to calochallenge"},
    {"merge", "lowcal merge shards/*.h5 --out showers.h5"},
    {"describe", "lowcal describe network.onnx --detector detector.json --out described.onnx"},
    {"make", "lowcal make --data showers.h5 --out my_calorimeter --minutes 300"},
    {"demo", "lowcal demo"},
    {"train", "lowcal train --arch fine --data showers.h5 --out runs/fine"},
    {"lowcal train", "lowcal train --arch fine --data showers.h5 --out runs/fine"},
};

class ExampleFormatter : public CLI::Formatter {
public:
    std::string make_description(CLI::App const* app) const override
    {
        auto const name = app->get_name();
        auto const* const found =
            std::ranges::find(examples, std::string_view(name), &Example::command);
        auto const text = CLI::Formatter::make_description(app);
        if (found == std::end(examples)) return text;
        return "For example\n  " + std::string(found->typed) + "\n\n" + text;
    }
};

}  // namespace

void open_help_with_examples(CLI::App& app)
{
    auto const formatter = std::make_shared<ExampleFormatter>();
    app.formatter(formatter);
    for (auto* const command : app.get_subcommands({})) command->formatter(formatter);
}

}  // namespace lowcal::cli
