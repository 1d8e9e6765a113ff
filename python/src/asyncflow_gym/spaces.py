"""Spaces and their values between the simulator and Gymnasium."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from gymnasium import spaces
from gymnasium.spaces import Space

from .errors import InvalidActionError

NUMBERS = {"inf": np.inf, "-inf": -np.inf, "nan": np.nan, "-0": -0.0}


def space_from_json(json: dict[str, Any]) -> Space[Any]:
    """The Gymnasium space with the same type, bounds, shape, dtype and start."""
    kind = json["type"]
    if kind == "Box":
        shape = tuple(json["shape"])
        dtype = np.dtype(json["dtype"])
        low, high = (_bound(json[side], shape, dtype) for side in ("low", "high"))
        return spaces.Box(low, high, shape, dtype.type)
    if kind == "Discrete":
        return spaces.Discrete(json["n"], start=json["start"])
    if kind == "MultiDiscrete":
        shape = tuple(json["shape"])
        nvec, start = (np.array(json[name], np.int32).reshape(shape) for name in ("nvec", "start"))
        return spaces.MultiDiscrete(nvec, dtype=np.int32, start=start)
    if kind == "MultiBinary":
        shape = json["shape"]
        return spaces.MultiBinary(shape[0] if len(shape) == 1 else shape)
    if kind == "Dict":
        return spaces.Dict({key: space_from_json(part) for key, part in json["spaces"].items()})
    if kind == "Tuple":
        return spaces.Tuple([space_from_json(part) for part in json["spaces"]])
    raise ValueError(f"unknown space {kind!r}")


def _bound(value: Any, shape: tuple[int, ...], dtype: np.dtype[Any]) -> np.ndarray:
    if isinstance(value, list):
        return np.array([NUMBERS.get(x, x) for x in value], dtype).reshape(shape)
    return np.full(shape, NUMBERS.get(value, value), dtype)


def value_from_wire(space: Space[Any], value: Any) -> Any:
    """An observation, or a batch of them, as the space has it: the wire knows no shapes and no integers."""
    if isinstance(space, spaces.Discrete):
        return np.int64(value)
    if isinstance(space, spaces.Dict):
        return {key: value_from_wire(part, value[key]) for key, part in space.spaces.items()}
    if isinstance(space, spaces.Tuple):
        return tuple(value_from_wire(part, value[i]) for i, part in enumerate(space.spaces))
    if value.dtype != space.dtype:
        value = value.astype(space.dtype)
    return value if value.shape == space.shape else value.reshape(space.shape)


def value_to_wire(space: Space[Any], value: Any, name: str = "the action") -> Any:
    """An action for the wire. Bounds are checked on the other side.

    Raises:
        InvalidActionError: for another type or shape than the space has.
    """
    if isinstance(space, spaces.Discrete):
        try:
            return operator.index(value)
        except TypeError:
            raise InvalidActionError(f"{name} is {value!r}, not an integer. Take one of {space}.") from None
    if isinstance(space, spaces.Dict):
        if not isinstance(value, dict) or value.keys() != space.spaces.keys():
            raise InvalidActionError(f"{name} is {value!r}. Give a dict of {', '.join(space.spaces)}.")
        return {key: value_to_wire(part, value[key], f"{name}[{key!r}]") for key, part in space.spaces.items()}
    if isinstance(space, spaces.Tuple):
        if not isinstance(value, (list, tuple)) or len(value) != len(space.spaces):
            raise InvalidActionError(f"{name} is {value!r}. Give a tuple of {len(space.spaces)}.")
        return [value_to_wire(part, value[i], f"{name}[{i}]") for i, part in enumerate(space.spaces)]
    return _array_to_wire(space, value, name)


def _array_to_wire(space: Space[Any], value: Any, name: str) -> np.ndarray:
    try:
        array = np.asarray(value)
    except ValueError:
        array = np.asarray(None)
    real = space.dtype is not None and space.dtype.kind == "f"
    if array.dtype.kind not in ("fiub" if real else "iub"):
        raise InvalidActionError(f"{name} is {value!r}, not an array of {space.dtype}. Take one of {space}.")
    if array.shape != space.shape:
        raise InvalidActionError(f"{name} has the shape {array.shape}, not {space.shape}. Take one of {space}.")
    # The wire has no int64; what does not fit into int32 is in no space.
    cast = array.astype(np.int32 if space.dtype == np.int64 else space.dtype)
    if not real and not (cast == array).all():
        raise InvalidActionError(f"{name} is {value!r}, out of the range of {space.dtype}. Take one of {space}.")
    return cast
