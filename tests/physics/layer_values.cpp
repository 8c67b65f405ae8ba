// What each quantised value of an int8 network is for some showers, for a comparison with another
// engine (layers_against_onnxruntime.py):
//
//     layer_values NETWORK.int8.onnx FOLDER [SHOWERS]
//
// Writes one file of row-major float32 for each value that a DequantizeLinear gives, and for the
// network's inputs and outputs, and FOLDER/index.txt: a line for each with file, value and shape.

#include "core/error.hpp"
#include "core/random.hpp"
#include "graph/onnx/onnx_file.hpp"
#include "runtime/plan.hpp"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

namespace {

using namespace lowcal;

/// Of activations: what a QuantizeLinear made, as real numbers.
std::vector<std::string> quantised_values(graph::Graph const& network)
{
    std::set<std::string> levels;
    std::vector<std::string> values;
    for (auto const& node : network.nodes) {
        if (node.op == "QuantizeLinear") levels.insert(node.outputs.front());
        if (node.op == "DequantizeLinear" && levels.contains(node.inputs.front()))
            values.push_back(node.outputs.front());
    }
    return values;
}

void write(std::filesystem::path const& folder, std::ofstream& index,
           runtime::Plan::Port const& port, std::vector<float> const& numbers, std::size_t number)
{
    auto const name = fmt::format("value{}.f32", number);
    std::ofstream file(folder / name, std::ios::binary);
    file.write(reinterpret_cast<char const*>(numbers.data()),
               static_cast<std::streamsize>(numbers.size() * sizeof(float)));
    if (!file.flush()) throw InputError("cannot write " + (folder / name).string(), "");
    index << name << ' ' << port.name;
    for (auto const size : port.shape) index << ' ' << size;
    index << '\n';
}

void run(std::string const& model, std::filesystem::path const& folder, std::int64_t showers)
{
    if (showers < 2) throw InputError("it takes at least two showers", "choose more");
    auto const network = graph::read_onnx(model);
    runtime::Plan const plan(network, {.batch = showers, .watched = quantised_values(network)});
    std::vector<std::vector<float>> inputs, outputs;
    std::vector<std::span<float const>> input_data;
    std::vector<std::span<float>> output_data;
    for (auto const& port : plan.inputs()) {
        auto& numbers =
            inputs.emplace_back(static_cast<std::size_t>(graph::element_count(port.shape)));
        if (port.name == "latent")
            ItemRandom({.seed = 1, .stream = RandomStream::latent}, 0).normal(numbers);
        else  // 2 to 500 GeV
            for (std::size_t i = 0; i < numbers.size(); ++i)
                numbers[i] =
                    static_cast<float>(2.0 * std::pow(250.0, static_cast<double>(i) /
                                                                 static_cast<double>(showers - 1)));
        input_data.emplace_back(numbers);
    }
    for (auto const& port : plan.outputs())
        output_data.emplace_back(
            outputs.emplace_back(static_cast<std::size_t>(graph::element_count(port.shape))));
    runtime::PlanRun once(plan);
    once(input_data, output_data);

    std::filesystem::create_directories(folder);
    std::ofstream index(folder / "index.txt");
    std::size_t number = 0;
    for (std::size_t i = 0; i < inputs.size(); ++i)
        write(folder, index, plan.inputs()[i], inputs[i], number++);
    for (std::size_t i = 0; i < outputs.size(); ++i)
        write(folder, index, plan.outputs()[i], outputs[i], number++);
    if (!index.flush()) throw InputError("cannot write " + (folder / "index.txt").string(), "");
}

}  // namespace

int main(int count, char** words)
{
    if (count < 3) {
        fmt::print(stderr, "usage: layer_values NETWORK.int8.onnx FOLDER [SHOWERS]\n");
        return 2;
    }
    try {
        run(words[1], words[2], count > 3 ? std::stoll(words[3]) : 8);
    } catch (std::exception const& error) {
        fmt::print(stderr, "{}\n", error.what());
        return 1;
    }
    return 0;
}
