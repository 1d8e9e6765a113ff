"""The infos of a vector environment."""

from __future__ import annotations

from collections.abc import Callable
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


class LazyInfos(dict[str, Any]):
    """The infos of a step, fetched when something in them is looked at: most training loops never do.

    It is the dict that it stands for in all that a program can do with it, but for ``json.dumps``, which counts the entries
    behind its back: give that a ``dict`` of it.
    """

    __slots__ = ("_fetch", "__weakref__")

    def __init__(self, fetch: Callable[[], dict[str, Any]]) -> None:
        super().__init__()
        self._fetch: Callable[[], dict[str, Any]] | None = fetch

    def fetch(self) -> None:
        """Now, unless it was done."""
        if self._fetch is not None:
            values = self._fetch()
            self._fetch = None
            super().update(values)

    @property
    def fetched(self) -> bool:
        return self._fetch is None

    def __reduce__(self) -> tuple[Any, ...]:
        return (dict, (dict(self),))


def _fetching(name: str) -> Callable[..., Any]:
    plain = getattr(dict, name)

    def method(self: LazyInfos, *args: Any, **kwargs: Any) -> Any:
        self.fetch()
        return plain(self, *args, **kwargs)

    method.__name__ = name
    method.__doc__ = plain.__doc__
    return method


for _name in (
    "__contains__ __delitem__ __eq__ __getitem__ __ior__ __iter__ __len__ __ne__ __or__ __repr__ __reversed__ __ror__ "
    "__setitem__ clear copy get items keys pop popitem setdefault update values"
).split():
    setattr(LazyInfos, _name, _fetching(_name))
