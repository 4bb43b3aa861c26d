"""Hands tensors of bridge.c to numpy and numpy's back, and prints what the other end saw, one line each.

Usage: with_numpy.py BRIDGE.so dltensor|dltensor_versioned

The capsule's name says which struct is inside: `dltensor` is DLPack 0.x, all that numpy before 2.1 knows;
`dltensor_versioned` is DLPack 1.x, the struct that crosses between Lattice and its stages.
"""
import ctypes
import gc
import sys

try:
    import numpy
except ImportError:
    sys.exit(3)

# PyDLL keeps the interpreter locked during calls: a deleter of numpy's lets go of an array.
BRIDGE, KIND = ctypes.PyDLL(sys.argv[1]), sys.argv[2]
NAME = KIND.encode()
IS_OLD = KIND == "dltensor"
NEW_CAPSULE = ctypes.pythonapi.PyCapsule_New
NEW_CAPSULE.restype = ctypes.py_object
NEW_CAPSULE.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
POINTER = ctypes.pythonapi.PyCapsule_GetPointer
POINTER.restype = ctypes.c_void_p
POINTER.argtypes = [ctypes.py_object, ctypes.c_char_p]
RENAME = ctypes.pythonapi.PyCapsule_SetName
RENAME.argtypes = [ctypes.py_object, ctypes.c_char_p]
USED = b"used_" + NAME
BRIDGE.bridge_make.restype = ctypes.c_void_p
BRIDGE.bridge_address.restype = ctypes.c_uint64
BRIDGE.bridge_address.argtypes = [ctypes.c_void_p, ctypes.c_int]
BRIDGE.bridge_read.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint64]


class Tensor:
    """A sample of bridge.c as any Python library would offer it."""

    def __init__(self, name):
        self.managed = BRIDGE.bridge_make(name.encode(), int(IS_OLD))
        self.address = BRIDGE.bridge_address(self.managed, int(IS_OLD))

    def __dlpack_device__(self):
        return (1, 0)

    def __dlpack__(self, **_):
        return NEW_CAPSULE(self.managed, NAME, None)


def to_numpy(name):
    tensor = Tensor(name)
    array = numpy.from_dlpack(tensor)
    place = "same address" if array.ctypes.data == tensor.address else "COPIED"
    values = " ".join(repr(value) for value in array.ravel().tolist())
    print(f"{name}: {array.dtype} {array.shape} {array.strides} = {values}; {place}", end="; ")
    before = BRIDGE.bridge_alive()
    del array
    gc.collect()
    print(f"alive {before} then {BRIDGE.bridge_alive()}")


def from_numpy(name, array):
    capsule = array.__dlpack__() if IS_OLD else array.__dlpack__(max_version=(1, 0))
    managed = POINTER(capsule, NAME)
    RENAME(capsule, USED)  # Whoever takes the tensor out marks the capsule, so that nobody else does.
    place = "same address" if BRIDGE.bridge_address(managed, int(IS_OLD)) == array.ctypes.data else "COPIED"
    held = sys.getrefcount(array)
    text = ctypes.create_string_buffer(1000)
    BRIDGE.bridge_read(managed, int(IS_OLD), text, len(text))
    given_back = held - sys.getrefcount(array)
    print(f"{name}: {text.value.decode()}; {place}; given back {given_back}")


if not IS_OLD and tuple(map(int, numpy.__version__.split(".")[:2])) < (2, 1):
    print("too old for dltensor_versioned")
    sys.exit(0)

TYPES = ["u8", "u16", "i32", "i64", "f16", "f32", "f64"]
for each in TYPES + ["picture", "transposed", "every-second", "offset", "scalar"]:
    to_numpy(each)
for each in TYPES:
    names = {"u": "uint", "i": "int", "f": "float"}
    from_numpy(each, numpy.array([[1, 2, 3], [4, 5, 6]], names[each[0]] + each[1:]))
ramp = numpy.arange(12, dtype="float32").reshape(3, 4)
from_numpy("transposed", ramp.T)
from_numpy("slice", ramp[1:, ::2])
from_numpy("reversed", ramp[::-1, 0])
from_numpy("scalar", numpy.array(2.5))
