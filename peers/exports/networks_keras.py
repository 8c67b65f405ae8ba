"""Generators as people write them in Keras, exported through tf2onnx in several opsets."""
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import tensorflow as tf
import tf2onnx
from keras import layers

KERAS_SEED = 7
# On a CPU Keras compiles convolutions whose channels come first by XLA, into calls that tf2onnx cannot write.
tf.config.run_functions_eagerly(True)


def gan(layout="channels_last"):
    """The 3DGAN of svalleco (EcalEnergyGan), narrower: 25^3 cells, noise times energy from outside."""
    form, channels = {"data_format": layout}, 1 if layout == "channels_first" else -1
    z = keras.Input((200,), name="noise_times_energy")
    x = layers.Dense(7 * 7 * 8 * 8)(z)
    x = layers.Reshape((8, 7, 7, 8) if channels == 1 else (7, 7, 8, 8))(x)
    for filters, kernel, up, pad in ((16, (6, 6, 8), (2, 2, 2), (2, 2, 0)), (6, (6, 5, 8), (2, 2, 3), (1, 0, 3))):
        x = layers.Conv3D(filters, kernel, padding="same" if filters == 16 else "valid", **form)(x)
        x = layers.LeakyReLU(negative_slope=0.3)(x)
        x = layers.BatchNormalization(axis=channels)(x)
        x = layers.UpSampling3D(up, **form)(x)
        x = layers.ZeroPadding3D(pad, **form)(x)
    x = layers.Conv3D(6, (3, 3, 8), **form)(x)
    x = layers.LeakyReLU(negative_slope=0.3)(x)
    x = layers.Conv3D(1, 2, use_bias=False, activation="relu", **form)(x)
    return keras.Model(z, x)


def angle_gan(layout="channels_last"):
    """Its successor for angles: 51 x 51 x 25 cells, the first two numbers are energy and angle."""
    form, channels = {"data_format": layout}, 1 if layout == "channels_first" else -1
    z = keras.Input((256,), name="combined_z")
    x = layers.Reshape((8, 9, 9, 8) if channels == 1 else (9, 9, 8, 8))(layers.Dense(9 * 9 * 8 * 8)(z))
    x = layers.LeakyReLU(negative_slope=0.3)(layers.Conv3D(16, (6, 6, 8), padding="same", **form)(x))
    x = layers.BatchNormalization(axis=channels)(x)
    x = layers.UpSampling3D((6, 6, 3), **form)(x)
    x = layers.Conv3D(8, (4, 4, 1), **form)(x)
    x = layers.LeakyReLU(negative_slope=0.3)(x)
    x = layers.Cropping3D(((0, 0), (0, 0), (0, 0)), **form)(layers.ZeroPadding3D(((0, 0), (0, 0), (0, 1)), **form)(x))
    return keras.Model(z, layers.Conv3D(1, 1, activation="relu", **form)(x))


def vae():
    """Par04's decoder with an input for each condition."""
    z, e = keras.Input((10,), name="latent"), keras.Input((1,), name="energy")
    a, g = keras.Input((1,), name="angle"), keras.Input((2,), name="geometry")
    x = layers.Concatenate()([z, e, a, g])
    for width in (50, 100, 200):
        x = layers.BatchNormalization()(layers.LeakyReLU(negative_slope=0.3)(layers.Dense(width)(x)))
    return keras.Model([z, e, a, g], layers.Dense(6480, activation="sigmoid")(x))


CYLINDER = {"name": "barrel", "geometry": "cylindrical", "depth": "layer",
            "axes": [{"name": "layer", "cells": 45, "size_mm": 3.4},
                     {"name": "angle", "cells": 16, "size_rad": 0.3926990817, "periodic": True},
                     {"name": "radius", "cells": 9, "size_mm": 4.65}],
            "primary_energies_gev": [1, 100], "smallest_cell_gev": 1e-6}
GAN_PORTS = {"inputs": {"noise_times_energy": "latent"}}
WIDE = {"name": "wide", "geometry": "cartesian", "depth": "z",
        "axes": [{"name": "x", "cells": 51, "size_mm": 5.1}, {"name": "y", "cells": 51, "size_mm": 5.1},
                 {"name": "z", "cells": 25, "size_mm": 5.1}],
        "primary_energies_gev": [2, 500], "smallest_cell_gev": 1e-6}
ANGLE_PORTS = {"inputs": {"combined_z": [{"role": "energy", "divide_by": 100}, "theta", "latent"]},
               "output": {"divide_by": 50, "power": 1 / 0.85}, "detector": WIDE}
CROP_PORTS = {"inputs": ANGLE_PORTS["inputs"], "output": {**ANGLE_PORTS["output"], "crop": [25, 25, 25]}}
VAE_PORTS = {"inputs": {"latent": "latent", "energy": {"role": "energy", "divide_by": 1024}, "angle": "theta",
                        "geometry": {"role": "constant", "values": [0, 1]}},
             "output": {"times": "energy", "axes": ["radius", "angle", "layer"]}, "detector": CYLINDER}


def exports():
    """name, model, opset, ports"""
    yield "keras_3dgan_11", gan, 11, GAN_PORTS
    yield "keras_3dgan_13", gan, 13, GAN_PORTS
    yield "keras_3dgan_18", gan, 18, GAN_PORTS
    yield "keras_3dgan_first_13", lambda: gan("channels_first"), 13, GAN_PORTS
    yield "keras_angle_13", angle_gan, 13, ANGLE_PORTS
    yield "keras_angle_first_17", lambda: angle_gan("channels_first"), 17, ANGLE_PORTS
    yield "keras_angle_crop_15", angle_gan, 15, CROP_PORTS
    yield "keras_vae_9", vae, 9, VAE_PORTS
    yield "keras_vae_17", vae, 17, VAE_PORTS


def export(folder):
    for name, make, opset, ports in exports():
        keras.utils.set_random_seed(KERAS_SEED)
        model = make()
        signature = [tf.TensorSpec((None, *i.shape[1:]), tf.float32, name=i.name) for i in model.inputs]
        call = tf.function(lambda *inputs: model(list(inputs) if len(inputs) > 1 else inputs[0]),
                           input_signature=signature)
        tf2onnx.convert.from_function(call, signature, opset=opset, output_path=str(folder / f"{name}.onnx"))
        yield name, ports
