"""The infos of a vector environment."""

from __future__ import annotations

from typing import Any

import numpy as np


def infos_from_columns(columns: dict[str, Any], count: int) -> dict[str, Any]:
    """Gymnasium's layout: an array per key, and under ``_key`` which environments have it."""
    infos: dict[str, Any] = {}
    for key, (kind, data, present) in columns.items():
        if kind == "m":
            data = infos_from_columns(data, count)
        elif kind == "b":
            data = data.view(np.bool_)
        mask = np.ones(count, np.bool_) if present is None else present.view(np.bool_)
        if kind == "s" or kind == "o":
            data = _objects(data.split("\0") if kind == "s" else data, mask)
        infos[key], infos[f"_{key}"] = data, mask
        if key == "actionMask":
            infos["action_mask"], infos["_action_mask"] = data, mask
    return infos


def _objects(values: list[Any], present: np.ndarray) -> np.ndarray:
    """None where an environment has no value."""
    objects = np.empty(len(values), dtype=object)
    for i, value in enumerate(values):
        objects[i] = value
    objects[~present] = None
    return objects
