"""Writes onnxruntime_values.inc: what ONNX Runtime computes of single nodes, which
onnxruntime_values_test.cpp holds the reference run to.

    python tests/graph/onnxruntime_values.py > tests/graph/onnxruntime_values.inc

Made with onnxruntime 1.32.0 and onnx 1.18.0."""
import numpy as np
import onnx
import onnxruntime
from onnx import helper

random = np.random.default_rng(21)


def floats(*shape):
    return random.normal(0, 2, shape).round(3).astype("f4")


def whole(*numbers):
    return np.array(numbers, "i8")


def number(value):
    return f"{np.float32(value)!s}F".replace("inf", "").replace("nanF", "not_a_number")


def cpp_attribute(value):
    if isinstance(value, str):
        return f'std::string("{value}")'
    if isinstance(value, float):
        return f"{value}F"
    if isinstance(value, int):
        return f"std::int64_t{{{value}}}"
    return "Integers{" + ", ".join(map(str, value)) + "}"


def cpp_tensor(array):
    shape = "{" + ", ".join(map(str, array.shape)) + "}"
    values = array.reshape(-1)
    if array.dtype == np.float32:
        return f"floats({shape}, {{{', '.join(repr(float(v)) + 'F' for v in values)}}})"
    kind = {"int64": "int64", "bool": "boolean"}[array.dtype.name]
    return f"integers({shape}, {{{', '.join(str(int(v)) for v in values)}}}, ElementType::{kind})"


def case(op, *inputs, constants=(), opset=17, **attributes):
    """`constants` are the places of inputs that are initialisers."""
    names = ["" if array is None else f"i{i}" for i, array in enumerate(inputs)]
    node = helper.make_node(op, names, ["o"], **attributes)
    known = {names[i]: inputs[i] for i in range(len(inputs)) if names[i]}
    graph = helper.make_graph(
        [node], "g",
        [helper.make_tensor_value_info(n, helper.np_dtype_to_tensor_dtype(a.dtype), a.shape)
         for n, a in known.items() if int(n[1:]) not in constants],
        [helper.make_empty_tensor_value_info("o")],
        [onnx.numpy_helper.from_array(known[n], n) for n in known if int(n[1:]) in constants])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=9)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    result, = session.run(None, {n: a for n, a in known.items() if int(n[1:]) not in constants})
    arguments = []
    for i, array in enumerate(inputs):
        text = "absent()" if array is None else cpp_tensor(array)
        arguments.append(f"fixed({text})" if i in constants else text)
    pairs = ", ".join(f'{{"{k}", {cpp_attribute(v)}}}' for k, v in attributes.items())
    kind = {"float32": "float32", "int64": "int64", "bool": "boolean"}[result.dtype.name]
    print(f'{{{{"{op}", {{{", ".join(arguments)}}}, {{{pairs}}}, ElementType::{kind}}},\n'
          f' {cpp_tensor(result)}}},')


for op in ("Abs Atan Ceil Cos Erf Exp Floor Neg Reciprocal Relu Round Sigmoid Sign Sin Softplus "
           "Softsign Tanh HardSwish").split():
    case(op, floats(7))
case("Round", np.array([-1.5, -0.5, 0.5, 1.5, 2.5], "f4"))
case("Elu", floats(6), alpha=0.7)
case("Celu", floats(6), alpha=0.7)
case("Selu", floats(6))
case("Selu", floats(6), alpha=1.2, gamma=0.9)
case("HardSigmoid", floats(6))
case("HardSigmoid", floats(6), alpha=0.3, beta=0.4)
case("ThresholdedRelu", floats(6), alpha=0.5)
case("PRelu", floats(2, 3, 2), floats(3, 1))
for op in "Greater GreaterOrEqual Less LessOrEqual Equal".split():
    case(op, np.array([[1, 2, 3], [3, 2, 1]], "f4"), np.array([2], "f4"))
for op in "And Or Xor".split():
    case(op, np.array([[0, 0], [1, 1]], bool), np.array([0, 1], bool))
case("Not", np.array([0, 1], bool))
case("Where", np.array([[1], [0]], bool), floats(2, 3), floats(3))
case("Sum", floats(2, 3), floats(3), floats(1, 1))
case("Mean", floats(2, 3), floats(3), floats(1, 1))
case("Pow", floats(4), whole(3))
case("Div", whole(7, -7, 6), whole(2, 2, 3))
case("Mod", whole(7, -7, 6), whole(4, 4, -4))
case("Mod", floats(4), floats(4), fmod=1)
case("LayerNormalization", floats(2, 3, 4), floats(4), floats(4))
case("LayerNormalization", floats(2, 3, 4), floats(3, 4), axis=1, epsilon=0.01)
case("InstanceNormalization", floats(2, 3, 4), floats(3), floats(3), epsilon=0.01)
case("Softmax", floats(2, 3, 2), axis=1)
case("Softmax", np.array([[1000, 1001, -1000]], "f4"))
case("LogSoftmax", floats(2, 3))
case("LpNormalization", floats(2, 3), axis=0)
case("LpNormalization", floats(2, 3), p=1)
for op in ("ReduceL1 ReduceL2 ReduceLogSumExp ReduceMax ReduceMin ReduceProd ReduceSumSquare "
           "ReduceMean").split():
    case(op, floats(2, 3, 2), axes=[-1, 0])
    case(op, floats(2, 3), axes=[1], keepdims=0)
case("ReduceLogSum", np.abs(floats(2, 3)), axes=[1])
case("AveragePool", floats(1, 2, 4, 3), kernel_shape=[2, 2])
case("AveragePool", floats(1, 1, 4, 3), kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[2, 1])
case("AveragePool", floats(1, 1, 4), kernel_shape=[3], pads=[1, 1], count_include_pad=1)
case("MaxPool", floats(1, 2, 5), kernel_shape=[2], strides=[2])
case("MaxPool", floats(1, 1, 3, 4), kernel_shape=[3, 3], pads=[1, 1, 1, 1])
case("GlobalAveragePool", floats(2, 2, 3))
case("GlobalMaxPool", floats(2, 2, 3))
case("Gather", floats(3, 2), whole(2, 0, -1), constants=(1,))
case("Gather", floats(2, 3), np.array([[0, 1], [2, 0]], "i8"), axis=1)
case("Gather", floats(2, 3), np.array(1, "i8"), constants=(1,), axis=1)
case("Tile", floats(2, 2), whole(2, 3), constants=(1,))
case("SpaceToDepth", floats(1, 2, 2, 4), blocksize=2)
case("ConstantOfShape", whole(2, 2), constants=(0,))
case("Range", np.array(7, "i8"), np.array(1, "i8"), np.array(-2, "i8"), constants=(0, 1, 2))
case("Pad", floats(2, 3), whole(0, 2, 1, 1), constants=(1,), mode="reflect")
case("Pad", floats(2, 3), whole(0, 2, 1, 1), constants=(1,), mode="edge")
for mode in ("linear", "cubic", "nearest"):
    for where in ("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel",
                  "half_pixel_symmetric"):
        case("Resize", floats(1, 1, 3, 4), None, None, whole(1, 1, 5, 7), constants=(3,),
             opset=19 if where == "half_pixel_symmetric" else 17, mode=mode,
             coordinate_transformation_mode=where)
case("Resize", floats(1, 1, 3, 4), None, np.array([1, 1, 2.5, 0.6], "f4"), constants=(2,), mode="linear")
case("Resize", floats(1, 1, 4, 4), None, np.array([1, 1, 2, 2], "f4"), constants=(2,), mode="cubic",
     cubic_coeff_a=-0.5, exclude_outside=1)
case("Resize", floats(1, 1, 2, 3, 2), None, np.array([1, 1, 2, 2, 3], "f4"), constants=(2,),
     mode="linear")
