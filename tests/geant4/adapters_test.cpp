// Networks behind the interfaces of Par04 and DDML, by stand-ins: the originals are not installed.
#include "core/detector/detector_json.hpp"
#include "core/error.hpp"
#include "geant4/adapters/ddml_inference.hpp"
#include "geant4/adapters/par04_inference.hpp"
#include "geant4/toy.hpp"
#include "graph/model/ports.hpp"
#include "graph/onnx/onnx_file.hpp"
#include "runtime/small_networks.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <functional>
#include <map>
#include <numbers>
#include <string>
#include <utility>
#include <variant>

namespace {

/// What Geant4's example asks of an inference.
class Par04InferenceInterface {
public:
    virtual ~Par04InferenceInterface() = default;
    virtual void RunInference(std::vector<float> vector, std::vector<double>& energies,
                              int size) = 0;
};

/// What DDML asks of one.
using InputVecs = std::vector<std::vector<float>>;
using TensorDimVecs = std::vector<std::vector<std::int64_t>>;
class InferenceInterface {
public:
    virtual ~InferenceInterface() = default;
    virtual void runInference(InputVecs const& inputs, TensorDimVecs const& dimensions,
                              std::vector<float>& output) = 0;
};

/// Keeps DD4hep's properties, to be set by name.
struct Plugin {
    std::map<std::string, std::variant<std::string*, int*>> properties;
    template <class T>
    void declareProperty(std::string const& name, T& value)
    {
        properties[name] = &value;
    }
    void set(std::string const& name, std::string const& value)
    {
        *std::get<std::string*>(properties.at(name)) = value;
    }
};

}  // namespace

namespace lowcal::geant4 {
namespace {

struct Engine {
    std::uint32_t drawn = 1;
    std::uint32_t operator()() { return drawn++; }
};
using Par04 = Par04Inference<Par04InferenceInterface, Engine>;
using Ddml = DdmlInference<InferenceInterface, Engine>;

constexpr float noise = 1e-7F;

/// GeV in a cell of a shower, beside a little noise.
double told(std::size_t cell, double energy, double theta = 0, double phi = 0)
{
    auto const c = static_cast<double>(cell);
    return 1e-4 * energy * (c + 1) + 1e-2 * theta * (c == 3) + 1e-2 * (phi + 4) * (c == 5);
}

/// Tells energy and conditions (one number each) in its cells: see `told`.
graph::Graph network(Detector const& detector, std::vector<std::string> const& conditions = {})
{
    lowcal::test::NetworkBuilder net;
    auto& graph = net.graph;
    auto names = conditions;
    names.insert(names.begin(), "energy");
    names.emplace_back("latent");
    for (auto const& name : names)
        graph.inputs.push_back({.name = name, .shape = {graph::batch_dimension, 1}});
    auto const cells = detector.cells();
    auto const all = static_cast<std::int64_t>(cells);
    auto const rows = static_cast<std::int64_t>(names.size());
    graph::Tensor weights{.shape = {rows, all}, .floats = std::vector<float>(names.size() * cells)};
    graph::Tensor more{.shape = {all}, .floats = std::vector<float>(cells)};
    for (std::size_t cell = 0; cell < cells; ++cell) {
        weights.floats[cell] = static_cast<float>(told(cell, 1) - told(cell, 0));
        weights.floats[(names.size() - 1) * cells + cell] = noise;
    }
    for (std::size_t i = 0; i < conditions.size(); ++i)
        if (conditions[i] != "pdg")
            weights.floats[(i + 1) * cells + (conditions[i] == "theta" ? 3 : 5)] = 1e-2F;
    more.floats[5] = 4e-2F;
    graph.constants["weights"] = weights;
    graph.constants["more"] = more;
    graph::Tensor shape{.type = graph::ElementType::int64, .shape = {4}, .integers = {0}};
    graph.outputs = {{.name = "shower", .shape = {graph::batch_dimension}}};
    for (auto const& axis : detector.axes) {
        auto const size = static_cast<std::int64_t>(axis.cells);
        shape.integers.push_back(size);
        graph.outputs[0].shape.push_back(size);
    }
    graph.constants["shape"] = shape;
    net.node("Concat", "all", names, {{"axis", graph::Attribute{std::int64_t{1}}}});
    net.node("MatMul", "of all", {"all", "weights"});
    net.node("Add", "cells", {"of all", "more"});
    net.node("Reshape", "shower", {"cells", "shape"});
    graph.metadata[detector_key] = to_json(detector);
    return graph;
}

std::shared_ptr<runtime::ShowerGenerator const> generator(
    Detector const& detector, std::vector<std::string> const& conditions = {})
{
    return std::make_shared<runtime::ShowerGenerator>(network(detector, conditions),
                                                      runtime::ShowerGenerator::Config{});
}

/// An inference of DDML for a model class, with a network in a file.
Ddml ddml(std::string const& model, Detector const& detector,
          std::vector<std::string> const& conditions = {})
{
    auto const file = std::filesystem::path(testing::TempDir()) / (model + ".onnx");
    graph::write_onnx(network(detector, conditions), file);
    Ddml result;
    Plugin plugin;
    result.declareProperties(&plugin);
    plugin.set("ModelPath", file.string());
    plugin.set("ModelClass", model);
    return result;
}

/// The message of the InputError that a call throws; empty where it throws none.
std::string complaint(std::function<void()> const& call)
{
    try {
        call();
    } catch (InputError const& error) {
        return error.what();
    }
    return {};
}

constexpr double several_noises = 6 * static_cast<double>(noise);
constexpr double energy = 40;   // GeV
constexpr double angle = 0.25;  // rad

/// What Par04 hands over: latent numbers, energy and angle as parts, which geometry.
std::vector<float> par04_vector()
{
    return {0.5F, -2, 1, energy / 1024, static_cast<float>(angle / (0.5 * std::numbers::pi)), 0, 1};
}

/// [radius][angle][depth] of the toy cylinder, in the order of an interface whose angles begin
/// `half_turn` cells before the network's.
std::vector<std::size_t> cylinder_order(std::size_t half_turn)
{
    std::vector<std::size_t> order;
    for (std::size_t radius = 0; radius < 3; ++radius)
        for (std::size_t j = 0; j < 4; ++j)
            for (std::size_t layer = 0; layer < 2; ++layer)
                order.push_back((layer * 4 + (j + half_turn) % 4) * 3 + radius);
    return order;
}

TEST(Par04Inference, hands_out_radius_angle_depth_as_parts_that_times_the_energy_are_mev)
{
    Par04 inference(generator(test::toy_cylinder()));
    std::vector<double> energies;
    inference.RunInference(par04_vector(), energies, 24);
    ASSERT_EQ(energies.size(), 24U);
    auto const order = cylinder_order(2);
    for (std::size_t i = 0; i < 24; ++i) {
        auto const mev = energies[i] * energy * 1000;  // as Par04 does itself
        EXPECT_NEAR(mev, 1000 * told(order[i], energy), 1000 * several_noises) << i;
        EXPECT_GT(std::abs(mev - 1000 * told((order[i] + 1) % 24, energy)), 1) << "does not bite";
    }
}

TEST(Par04Inference, hands_out_no_cell_under_the_detectors_smallest)
{
    auto detector = test::toy_cylinder();
    auto const order = cylinder_order(2);
    detector.smallest_cell = 0.5 * (told(10, energy) + told(11, energy));
    Par04 inference(generator(detector));
    std::vector<double> energies;
    inference.RunInference(par04_vector(), energies, 24);
    for (std::size_t i = 0; i < 24; ++i)
        EXPECT_EQ(energies[i] > 0, told(order[i], energy) > detector.smallest_cell) << i;
}

TEST(Par04Inference, passes_the_angle_in_rad_to_networks_that_ask)
{
    Par04 inference(generator(test::toy_cylinder(), {"theta"}));
    std::vector<double> energies;
    inference.RunInference(par04_vector(), energies, 24);
    auto const order = cylinder_order(2);
    for (std::size_t i = 0; i < 24; ++i)
        EXPECT_NEAR(energies[i] * energy, told(order[i], energy, angle), several_noises) << i;
    EXPECT_GT(std::abs(told(3, energy, angle) - told(3, energy, 0.9 * angle)), several_noises);
}

TEST(Par04Inference, makes_the_same_shower_of_the_same_state_of_the_engine)
{
    auto const shared = generator(test::toy_cylinder());
    Par04 one(shared), same(shared), other(shared, {}, Engine{.drawn = 9});
    std::vector<double> energies[4];
    one.RunInference(par04_vector(), energies[0], 24);
    same.RunInference(par04_vector(), energies[1], 24);
    other.RunInference(par04_vector(), energies[2], 24);
    one.RunInference(par04_vector(), energies[3], 24);  // the engine has gone on
    EXPECT_EQ(energies[0], energies[1]);
    EXPECT_NE(energies[0], energies[2]);
    EXPECT_NE(energies[0], energies[3]);
}

TEST(Par04Inference, refuses_sizes_that_are_not_the_networks)
{
    Par04 inference(generator(test::toy_cylinder()));
    std::vector<double> energies;
    auto const ask = [&](std::vector<float> const& vector, int size) {
        return complaint([&] { inference.RunInference(vector, energies, size); });
    };
    EXPECT_EQ(ask(par04_vector(), 24), "");
    EXPECT_NE(ask(par04_vector(), 25).find("takes 25 cells (the network makes 2 x 4 x 3"),
              std::string::npos);
    EXPECT_NE(ask(par04_vector(), -1), "");
    EXPECT_NE(ask({1, 2, 3}, 24).find("has 3 numbers, not 4 or more"), std::string::npos);
    auto no_energy = par04_vector();
    no_energy[3] = 0;
    EXPECT_NE(ask(no_energy, 24).find("energ"), std::string::npos);
}

TEST(Par04Inference, refuses_networks_that_it_cannot_serve)
{
    auto const make = [](Detector const& detector, std::vector<std::string> const& conditions,
                         int pdg = 0) {
        return complaint(
            [&] { Par04 const inference(generator(detector, conditions), {.pdg = pdg}); });
    };
    EXPECT_NE(make(test::toy_grid(), {}).find("cells of a cylinder"), std::string::npos);
    EXPECT_NE(make(test::toy_cylinder(), {"phi"}).find("phi"), std::string::npos);
    EXPECT_NE(make(test::toy_cylinder(), {"pdg"}).find("pdg"), std::string::npos);
    EXPECT_EQ(make(test::toy_cylinder(), {"pdg"}, 22), "");
}

/// [depth][u][v] of the toy grid.
std::vector<std::size_t> grid_order()
{
    std::vector<std::size_t> order;
    for (std::size_t layer = 0; layer < 2; ++layer)
        for (std::size_t across = 0; across < 9; ++across) order.push_back(across * 2 + layer);
    return order;
}

void expect_told(std::vector<float> const& output, double theta, double phi)
{
    auto const order = grid_order();
    for (std::size_t i = 0; i < 18; ++i) {
        auto const mev = static_cast<double>(output[i]);
        EXPECT_NEAR(mev, 1000 * told(order[i], energy, theta, phi), 2e-3) << i;
        EXPECT_GT(std::abs(mev - 1000 * told((order[i] + 1) % 18, energy, theta, phi)), 0.5);
    }
}

TEST(DdmlInference, hands_out_layer_by_layer_in_mev)
{
    auto inference = ddml("RegularGridGANModel", test::toy_grid());
    std::vector<float> output(18);
    inference.runInference({{0.1F, 0.2F}, {energy}}, {{1, 2, 1, 1, 1}, {1, 1, 1, 1, 1}}, output);
    expect_told(output, 0, 0);
}

TEST(DdmlInference, passes_both_angles_in_rad)
{
    auto inference = ddml("RegularGridTwoAngleBIBAEModel", test::toy_grid(), {"theta", "phi"});
    std::vector<float> output(18);
    inference.runInference({{energy}, {angle}, {-1.5F}, {9, 9, 9}}, {}, output);
    expect_told(output, angle, -1.5);
}

TEST(DdmlInference, hands_out_parts_in_a_cylinder_whose_angles_begin_at_0)
{
    auto inference = ddml("Par04ExampleVAE", test::toy_cylinder(), {"theta"});
    std::vector<float> output(24);
    inference.runInference({par04_vector()}, {{1, 7}}, output);
    auto const order = cylinder_order(0);
    for (std::size_t i = 0; i < 24; ++i)
        EXPECT_NEAR(static_cast<double>(output[i]) * energy, told(order[i], energy, angle), 2e-6);
}

TEST(DdmlInference, refuses_sizes_and_models_that_do_not_fit)
{
    auto inference = ddml("RegularGridBIBAEModel", test::toy_grid(), {"theta"});
    auto const ask = [](Ddml& asked, InputVecs const& inputs, std::size_t size) {
        std::vector<float> output(size);
        return complaint([&] { asked.runInference(inputs, {}, output); });
    };
    EXPECT_EQ(ask(inference, {{energy}, {angle}, {9, 9}}, 18), "");
    EXPECT_NE(ask(inference, {{energy}, {angle}, {9, 9}}, 17).find("takes 17 cells"),
              std::string::npos);
    EXPECT_NE(ask(inference, {{energy}, {angle, 1}, {9, 9}}, 18).find("vector 1"),
              std::string::npos);
    EXPECT_NE(ask(inference, {{energy}}, 18).find("1 vectors, not 3"), std::string::npos);

    auto needs_angle = ddml("RegularGridGANModel", test::toy_grid(), {"theta"});
    EXPECT_NE(ask(needs_angle, {{0}, {energy}}, 18).find("theta"), std::string::npos);
    auto cylinder = ddml("RegularGridGANModel", test::toy_cylinder());
    EXPECT_NE(ask(cylinder, {{0}, {energy}}, 24).find("cartesian"), std::string::npos);
    auto unknown = ddml("CaloCloudsModel", test::toy_grid());
    EXPECT_NE(ask(unknown, {{0}, {energy}}, 18).find("RegularGridGANModel"), std::string::npos);
    Ddml no_network;
    EXPECT_NE(ask(no_network, {{0}, {energy}}, 18), "");
}

}  // namespace
}  // namespace lowcal::geant4
