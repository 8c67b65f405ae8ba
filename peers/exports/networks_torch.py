"""Generators as people write them in PyTorch, small, with fixed random weights, exported by its old and its new exporter."""
import torch
from torch import nn

TORCH_SEED = 5


class ConvGan(nn.Module):
    """The 30^3 GAN of DDML's kind: dense, transposed convolutions, BatchNorm, rank 5."""

    def __init__(self):
        super().__init__()
        self.dense = nn.Linear(101, 32 * 5**3)
        self.up = nn.Sequential(
            nn.ConvTranspose3d(32, 32, 3, stride=3), nn.BatchNorm3d(32), nn.LeakyReLU(0.2),
            nn.ConvTranspose3d(32, 16, 4, stride=2, padding=1), nn.BatchNorm3d(16), nn.LeakyReLU(0.2),
            nn.Conv3d(16, 1, 3, padding=1), nn.ReLU())

    def forward(self, noise, energy):
        x = self.dense(torch.cat([noise, energy / 100], 1))
        return self.up(x.view(x.size(0), 32, 5, 5, 5))


class LayerNormGan(nn.Module):
    """WGAN with layer normalisation over whole images, noise times energy."""

    def __init__(self):
        super().__init__()
        self.dense = nn.Linear(100, 16 * 5**3)
        self.norms = nn.ModuleList([nn.LayerNorm([16, 15, 15, 15]), nn.LayerNorm([16, 30, 30, 30])])
        self.ups = nn.ModuleList([nn.ConvTranspose3d(16, 16, 3, stride=3),
                                  nn.ConvTranspose3d(16, 16, 4, stride=2, padding=1)])
        self.last = nn.Conv3d(16, 1, 3, padding=1)

    def forward(self, noise, energy):
        x = self.dense(noise * energy / 100).reshape(-1, 16, 5, 5, 5)
        for up, norm in zip(self.ups, self.norms):
            x = nn.functional.leaky_relu(norm(up(x)), 0.2)
        return torch.relu(self.last(x)).squeeze(1)


class Vae(nn.Module):
    """Par04's decoder: everything in one input, shares of the energy out, flat."""

    def __init__(self, cells):
        super().__init__()
        layers, width = [], 14
        for out in (100, 200, 400):
            layers += [nn.Linear(width, out), nn.LeakyReLU(0.3), nn.BatchNorm1d(out)]
            width = out
        self.layers = nn.Sequential(*layers, nn.Linear(width, cells), nn.Sigmoid())

    def forward(self, x):
        return self.layers(x)


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.attention = nn.MultiheadAttention(width, heads, batch_first=True)
        self.first, self.second = nn.LayerNorm(width), nn.LayerNorm(width)
        self.feed = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))

    def forward(self, x):
        y = self.first(x)
        x = x + self.attention(y, y, y, need_weights=False)[0]
        return x + self.feed(self.second(x))


class Transformer(nn.Module):
    """Patches of a cylinder attend to one another, as in Par04's transformer."""

    def __init__(self, tokens=45, cells=144, width=64):
        super().__init__()
        self.start = nn.Linear(tokens, tokens * 8)
        self.embed = nn.Linear(8 + 2, width)
        self.place = nn.Parameter(torch.randn(1, tokens, width) * 0.1)
        self.blocks = nn.Sequential(*[Block(width, 4) for _ in range(3)])
        self.out = nn.Linear(width, cells)
        self.tokens = tokens

    def forward(self, noise, energy, theta):
        x = self.start(noise).view(noise.shape[0], self.tokens, 8)
        conditions = torch.cat([torch.log(energy), torch.cos(theta)], 1)
        conditions = conditions[:, None, :].expand(-1, self.tokens, -1)
        x = self.blocks(self.embed(torch.cat([x, conditions], 2)) + self.place)
        return nn.functional.softplus(self.out(x))


class UpsampleGan(nn.Module):
    """Resize instead of transposed convolutions, group and instance normalisation, SiLU and ELU."""

    def __init__(self, mode):
        super().__init__()
        self.dense = nn.Linear(65, 32 * 5 * 25)
        self.mode = mode
        self.convs = nn.ModuleList([nn.Conv2d(32, 32, 3, padding=1), nn.Conv2d(32, 25, 3, padding=1)])
        self.group, self.instance = nn.GroupNorm(4, 32), nn.InstanceNorm2d(32, affine=True)

    def forward(self, z, e):
        x = self.dense(torch.cat([z, e], 1)).view(-1, 32, 5, 25)
        x = nn.functional.silu(self.group(x))
        x = nn.functional.interpolate(x, scale_factor=(5, 1), mode=self.mode)
        x = nn.functional.elu(self.instance(self.convs[0](x)))
        return torch.relu(self.convs[1](x))


def weight_norm_gan():
    """Weights behind weight normalisation, which exporters leave as nodes."""
    torch.manual_seed(TORCH_SEED)
    network = ConvGan()
    nn.utils.parametrizations.weight_norm(network.up[6])
    nn.utils.parametrizations.weight_norm(network.dense)
    return network


def settle(network):
    """Weights and statistics that are not those of a fresh network."""
    generator = torch.Generator().manual_seed(TORCH_SEED)
    for module in network.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm3d)):
            module.running_mean.copy_(torch.randn(module.num_features, generator=generator) * 0.1)
            module.running_var.uniform_(0.5, 1.5, generator=generator)
    return network.eval()


CUBE = {"name": "cube", "geometry": "cartesian", "depth": "z",
        "axes": [{"name": a, "cells": 30, "size_mm": 5.0} for a in "xyz"],
        "primary_energies_gev": [10, 100], "smallest_cell_gev": 1e-6}
CYLINDER = {"name": "barrel", "geometry": "cylindrical", "depth": "layer",
            "axes": [{"name": "layer", "cells": 45, "size_mm": 3.4},
                     {"name": "angle", "cells": 16, "size_rad": 0.3926990817, "periodic": True},
                     {"name": "radius", "cells": 9, "size_mm": 4.65}],
            "primary_energies_gev": [1, 100], "smallest_cell_gev": 1e-6}
GAN_PORTS = {"detector": CUBE}
VAE_PORTS = {"inputs": {"x": ["latent", {"role": "energy", "divide_by": 1024}, "theta",
                              {"role": "constant", "values": [0, 1]}]},
             "output": {"times": "energy"}, "detector": CYLINDER}
TRANSFORMER_PORTS = {"detector": CYLINDER}
RESIZE_PORTS = {"inputs": {"z": "latent", "e": {"role": "energy", "divide_by": 100}}}


def exports():
    """name, network, input names and widths, exporter's settings, ports."""
    gan = [("noise", 100), ("energy", 1)]
    one = [("x", 14)]
    three = [("noise", 45), ("energy", 1), ("theta", 1)]
    two = [("z", 64), ("e", 1)]
    yield "torch_gan_old_11", ConvGan, gan, {"dynamo": False, "opset_version": 11}, GAN_PORTS
    yield "torch_gan_old_17", ConvGan, gan, {"dynamo": False, "opset_version": 17}, GAN_PORTS
    yield "torch_gan_fixed", ConvGan, gan, {"dynamo": False, "opset_version": 17, "fixed": True}, GAN_PORTS
    yield "torch_gan_new", ConvGan, gan, {"dynamo": True, "opset_version": 18}, GAN_PORTS
    yield "torch_gan_weight_norm", weight_norm_gan, gan, {"dynamo": True, "opset_version": 20}, GAN_PORTS
    yield "torch_gan_half", ConvGan, gan, {"dynamo": False, "opset_version": 17, "half": True}, GAN_PORTS
    yield "torch_wgan_old", LayerNormGan, gan, {"dynamo": False, "opset_version": 17}, GAN_PORTS
    yield "torch_wgan_new", LayerNormGan, gan, {"dynamo": True, "opset_version": 18}, GAN_PORTS
    yield "torch_vae", lambda: Vae(6480), one, {"dynamo": False, "opset_version": 13}, VAE_PORTS
    yield "torch_transformer_old", Transformer, three, {"dynamo": False, "opset_version": 17}, TRANSFORMER_PORTS
    yield "torch_transformer_new", Transformer, three, {"dynamo": True, "opset_version": 20}, TRANSFORMER_PORTS
    yield "torch_resize_nearest", lambda: UpsampleGan("nearest"), two, {"dynamo": True, "opset_version": 18}, RESIZE_PORTS
    yield "torch_resize_linear", lambda: UpsampleGan("bilinear"), two, {"dynamo": False, "opset_version": 17}, RESIZE_PORTS


def export(folder):
    for name, make, inputs, settings, ports in exports():
        torch.manual_seed(TORCH_SEED)
        network = settle(make())
        settings = dict(settings)
        fixed, half = settings.pop("fixed", False), settings.pop("half", False)
        network = network.half() if half else network
        examples = tuple(torch.rand(1 if fixed else 2, width) + 0.5 for _, width in inputs)
        examples = tuple(e.half() for e in examples) if half else examples
        names = [n for n, _ in inputs]
        if settings["dynamo"]:
            shapes = None if fixed else tuple({0: torch.export.Dim("batch")} for _ in names)
            torch.onnx.export(network, examples, str(folder / f"{name}.onnx"), input_names=names,
                              output_names=["cells"], dynamic_shapes=shapes, **settings)
        else:
            axes = None if fixed else {n: {0: "batch"} for n in names + ["cells"]}
            torch.onnx.export(network, examples, str(folder / f"{name}.onnx"), input_names=names,
                              output_names=["cells"], dynamic_axes=axes, **settings)
        yield name, ports
