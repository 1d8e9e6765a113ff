"""Messages between this process and Node: msgpack, as much of it as they need.

A ``bin`` is always an array: dtype code, number of dimensions, dimensions (u32 each), raw little-endian elements.
"""

from __future__ import annotations

from struct import Struct
from struct import error as StructError
from typing import Any

import numpy as np

DTYPES = [np.dtype(name) for name in ("<f4", "<f8", "i1", "u1", "<i2", "<u2", "<i4")]
_CODES = {dtype: code for code, dtype in enumerate(DTYPES)}
# Whole numbers beyond this are not exact on the other side.
_LARGEST = 2**53 - 1

_F64 = Struct(">d")
_U32 = Struct(">I")
_write_f64 = Struct(">Bd").pack
_write_u32 = Struct(">BI").pack


def pack(value: Any) -> bytes:
    """Plain data and NumPy arrays as msgpack.

    Raises:
        TypeError: for what has no counterpart in JavaScript.
        ValueError: for an integer that JavaScript cannot hold exactly.
    """
    out = bytearray()
    _write(value, out)
    return bytes(out)


def _write(value: Any, out: bytearray) -> None:
    if value is None:
        out.append(0xC0)
    elif value is True:
        out.append(0xC3)
    elif value is False:
        out.append(0xC2)
    elif isinstance(value, str):
        raw = value.encode()
        if len(raw) < 32:
            out.append(0xA0 | len(raw))
        else:
            out += _write_u32(0xDB, len(raw))
        out += raw
    elif isinstance(value, (int, np.integer)):
        if 0 <= value < 128:
            out.append(int(value))
        elif abs(int(value)) <= _LARGEST:
            out += _write_f64(0xCB, value)
        else:
            raise ValueError(f"the integer {value} is too large. The largest is 2**53 - 1.")
    elif isinstance(value, (float, np.floating)):
        out += _write_f64(0xCB, value)
    elif isinstance(value, np.bool_):
        out.append(0xC3 if value else 0xC2)
    elif isinstance(value, np.ndarray):
        _write_array(value, out)
    elif isinstance(value, dict):
        out += _write_u32(0xDF, len(value))
        for key, part in value.items():
            if not isinstance(key, str):
                raise TypeError(f"the key {key!r} is not a string")
            _write(key, out)
            _write(part, out)
    elif isinstance(value, (list, tuple)):
        out += _write_u32(0xDD, len(value))
        for part in value:
            _write(part, out)
    else:
        raise TypeError(f"a value of type {type(value).__name__} cannot be passed to the simulator: {value!r}")


def _write_array(array: np.ndarray, out: bytearray) -> None:
    code = _CODES.get(array.dtype.newbyteorder("<") if array.dtype.itemsize > 1 else array.dtype)
    if code is None:
        raise TypeError(f"an array of {array.dtype} cannot be passed to the simulator")
    raw = np.ascontiguousarray(array, dtype=DTYPES[code]).tobytes()
    out += _write_u32(0xC6, 2 + 4 * array.ndim + len(raw))
    out.append(code)
    out.append(array.ndim)
    for side in array.shape:
        out += side.to_bytes(4, "little")
    out += raw


def unpack(data: bytes | bytearray | memoryview, start: int = 0) -> Any:
    """The value that begins at ``start``. Arrays are copies. Raises ValueError for other msgpack than this."""
    return _read(data, start)[0]


def unpack_all(data: bytes | bytearray | memoryview) -> list[Any]:
    """The values that were written one after another. Raises ValueError where the last is cut off."""
    values, at = [], 0
    while at < len(data):
        try:
            value, at = _read(data, at)
        except (IndexError, StructError):
            at = len(data) + 1
        if at > len(data):
            raise ValueError("the file is cut off in its last value")
        values.append(value)
    return values


def _read(data: Any, at: int) -> tuple[Any, int]:
    tag = data[at]
    at += 1
    if tag == 0xCB:
        return _F64.unpack_from(data, at)[0], at + 8
    if 0xA0 <= tag <= 0xBF:
        end = at + tag - 0xA0
        return str(data[at:end], "utf-8"), end
    if tag == 0xC2:
        return False, at
    if tag == 0xC3:
        return True, at
    if tag == 0xDF:
        return _read_map(data, at + 4, _U32.unpack_from(data, at)[0])
    if tag == 0xC6:
        return _read_array(data, at + 4, _U32.unpack_from(data, at)[0])
    if tag == 0xC0:
        return None, at
    if tag == 0xDD:
        return _read_list(data, at + 4, _U32.unpack_from(data, at)[0])
    if tag == 0xDB:
        end = at + 4 + _U32.unpack_from(data, at)[0]
        return str(data[at + 4 : end], "utf-8"), end
    if tag < 0x80:
        return tag, at
    return _read_other(data, at, tag)


# What others write and Node does not: here for files.
_SCALARS = {
    tag: Struct(">" + code)
    for tag, code in [
        (0xCA, "f"),
        (0xCC, "B"),
        (0xCD, "H"),
        (0xCE, "I"),
        (0xCF, "Q"),
        (0xD0, "b"),
        (0xD1, "h"),
        (0xD2, "i"),
        (0xD3, "q"),
    ]
}


def _read_other(data: Any, at: int, tag: int) -> tuple[Any, int]:
    if tag in _SCALARS:
        scalar = _SCALARS[tag]
        return scalar.unpack_from(data, at)[0], at + scalar.size
    if tag >= 0xE0:
        return tag - 256, at
    if 0x80 <= tag <= 0x8F:
        return _read_map(data, at, tag & 0x0F)
    if 0x90 <= tag <= 0x9F:
        return _read_list(data, at, tag & 0x0F)
    if tag == 0xDC:
        return _read_list(data, at + 2, int.from_bytes(data[at : at + 2], "big"))
    if tag == 0xDE:
        return _read_map(data, at + 2, int.from_bytes(data[at : at + 2], "big"))
    if tag in (0xD9, 0xDA):
        size = 1 if tag == 0xD9 else 2
        end = at + size + int.from_bytes(data[at : at + size], "big")
        return str(data[at + size : end], "utf-8"), end
    raise ValueError(f"unexpected byte {tag:#x} in a message")


def _read_map(data: Any, at: int, length: int) -> tuple[dict[str, Any], int]:
    out = {}
    for _ in range(length):
        key, at = _read(data, at)
        out[key], at = _read(data, at)
    return out, at


def _read_list(data: Any, at: int, length: int) -> tuple[list[Any], int]:
    out = []
    for _ in range(length):
        value, at = _read(data, at)
        out.append(value)
    return out, at


def _read_array(data: Any, at: int, length: int) -> tuple[np.ndarray, int]:
    dtype = DTYPES[data[at]]
    dimensions = data[at + 1]
    header = 2 + 4 * dimensions
    count = (length - header) // dtype.itemsize
    array = np.frombuffer(data, dtype, count, at + header).copy()
    if dimensions != 1:
        sides = [int.from_bytes(data[at + 2 + 4 * i : at + 6 + 4 * i], "little") for i in range(dimensions)]
        array = array.reshape(sides)
    return array, at + length
