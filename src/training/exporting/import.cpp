#include "training/exporting/import.hpp"

#include "core/error.hpp"

#include <torch/torch.h>

namespace lowcal::training {
namespace {

/// "branch_z.conv1_norm_scale", a module's name, as the exported "branch_z.conv1.norm_scale".
std::string constant_name(std::string name)
{
    auto const layer = name.rfind('.') + 1;
    auto const tensor = name.find('_', layer);
    if (tensor != std::string::npos) name[tensor] = '.';
    return name;
}

void copy_constant(torch::Tensor target, graph::Graph const& graph, std::string const& name)
{
    auto const found = graph.constants.find(name);
    if (found == graph.constants.end())
        throw InputError("network '" + graph.name + "' has no constant '" + name + "'",
                         "only networks that lowcal-train exported can be trained on");
    auto const& constant = found->second;
    if (constant.shape != target.sizes().vec() || constant.floats.empty())
        throw InputError("constant '" + name + "' does not fit the architecture",
                         "it has another shape or no float32 values");
    auto const values = torch::from_blob(const_cast<float*>(constant.floats.data()), target.sizes(),
                                         torch::kFloat32);
    target.copy_(values);
}

}  // namespace

Generator generator_from(graph::Graph const& graph)
{
    torch::NoGradGuard const no_gradient;
    auto const architecture = parse_architecture(graph.name);
    if (is_ours(architecture))
        throw InputError("network '" + graph.name + "' cannot be read back",
                         "only conv3d and conv2d can be trained on from their exported form",
                         "go on from the training's checkpoint");
    Generator generator(GeneratorImpl::Config{.architecture = architecture});
    for (auto const& item : generator->named_parameters())
        copy_constant(item.value(), graph, constant_name(item.key()));
    for (auto const& item : generator->named_buffers())
        copy_constant(item.value(), graph, constant_name(item.key()));
    auto const& last = generator->stacks().back();
    last->tensors(last->spec().layers.size() - 1).weight.mul_(image_scale);
    return generator;
}

}  // namespace lowcal::training
