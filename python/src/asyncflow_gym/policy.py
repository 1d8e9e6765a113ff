"""Policies trained in TypeScript."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from .bridge import Bridge, shared_bridge


class Policy:
    """A trained agent, run by the Node process. Made by ``load_policy``."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._bridge: Bridge | None = shared_bridge()
        handle, name = self._bridge.request("load-policy", os.path.abspath(path))
        self._handle = int(handle)
        self.name: str = name
        """Of the agent, e.g. ``ppo``."""

    def act(self, observation: Any, info: dict[str, Any], deterministic: bool = True) -> Any:
        """The action for one observation (not a batch) and the info that came with it, which holds the action mask.

        ``deterministic`` takes the most probable action instead of drawing one.
        """
        if self._bridge is None:
            raise ValueError("the policy is closed. Load it again.")
        mask = info.get("actionMask", info.get("action_mask"))
        wire = {} if mask is None else {"actionMask": _mask_to_wire(mask)}
        (action,) = self._bridge.request("act", self._handle, observation, wire, deterministic)
        return np.int64(action) if isinstance(action, float) else action

    def close(self) -> None:
        """Idempotent."""
        bridge, self._bridge = getattr(self, "_bridge", None), None
        if bridge is not None and hasattr(self, "_handle"):
            bridge.release(self._handle)

    def __del__(self) -> None:
        self.close()


def _mask_to_wire(mask: Any) -> Any:
    """A mask of truth values counts as one of 0 and 1, also where it is a part of a composite one."""
    if mask is None:
        return None
    if isinstance(mask, dict):
        return {key: _mask_to_wire(part) for key, part in mask.items()}
    if isinstance(mask, (tuple, list)) and not all(isinstance(x, (int, np.bool_, np.integer)) for x in mask):
        return [_mask_to_wire(part) for part in mask]
    return np.asarray(mask, np.int8)


def load_policy(path: str | os.PathLike[str]) -> Policy:
    """The agent of a checkpoint, or of a folder that ``asyncflow train --out`` wrote.

    Raises:
        ValueError: where there is none, or it is damaged.
    """
    return Policy(path)
