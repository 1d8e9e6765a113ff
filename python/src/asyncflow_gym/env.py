"""An environment of the simulator as a ``gymnasium.Env``."""

from __future__ import annotations

import json
import warnings
from typing import Any

import gymnasium
import numpy as np
from gymnasium import error, spaces
from numpy.typing import NDArray

from .bridge import Bridge, shared_bridge
from .options import options_to_wire
from .spaces import space_from_json, value_from_wire, value_to_wire

# Seeds of training are below; evaluation takes those from here on.
SEEDS = 2**31


class AsyncflowEnv(gymnasium.Env[Any, Any]):
    """Made by ``gymnasium.make("asyncflow/LoadBalancing-v0", scenario=..., **options)``.

    ``scenario`` is the name of one that comes with the package, a path, a text, or a dict; the other options keep the
    names that the environment documents. The first ``reset`` without a seed draws one, as Gymnasium's contract says.
    ``info`` keeps the simulator's names; numbers in it are floats, whatever they count, and ``action_mask`` is another
    name for ``actionMask``.

    Raises:
        ScenarioError: (a ValueError) for a scenario or an option that cannot be used.
        NodeNotFoundError: without Node.js 20.19 or newer.
    """

    metadata: dict[str, Any] = {"render_modes": []}

    def __init__(self, environment_id: str, render_mode: str | None = None, **options: Any) -> None:
        if render_mode is not None:
            raise error.UnsupportedMode(f"{environment_id} has no render modes, got {render_mode!r}. Leave it out.")
        self.render_mode = None
        self._bridge: Bridge | None = shared_bridge()
        handle, observation, action, told = self._bridge.request("make", environment_id, options_to_wire(options))
        self._handle = int(handle)
        self.observation_space = space_from_json(json.loads(observation))
        self.action_space = space_from_json(json.loads(action))
        self._seeded = False
        self._mask: Any = None
        for message in told:
            warnings.warn(message, stacklevel=2)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Starts episode 0 of a seed, or the next episode of the running one."""
        super().reset(seed=seed)
        if seed is None and not self._seeded:
            seed = int(self.np_random.integers(SEEDS))
        observation, info = self._connection().request("reset", self._handle, seed, options)
        self._seeded = True
        return value_from_wire(self.observation_space, observation), self._info(info)

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Raises InvalidActionError (the episode goes on) or gymnasium.error.ResetNeeded."""
        wire = value_to_wire(self.action_space, action)
        observation, reward, terminated, truncated, info = self._connection().request("step", self._handle, wire)
        return value_from_wire(self.observation_space, observation), reward, terminated, truncated, self._info(info)

    def action_masks(self) -> NDArray[np.bool_]:
        """Which actions are valid now, as MaskablePPO of sb3-contrib asks for them. TypeError where there is no list of
        masks: for a Box, and where parts of a Dict have masks of their own."""
        if self._mask is None and not isinstance(self.action_space, spaces.Box):
            raise error.ResetNeeded("there is no action mask before reset(). Call reset() first.")
        if self._mask is None or isinstance(self._mask, dict):
            raise TypeError(f"{self.action_space} has no list of masks. Where a part has one it is in info['actionMask'].")
        parts = self._mask if isinstance(self._mask, list) else [self._mask]
        return np.concatenate([np.asarray(part, np.bool_) for part in parts])

    def render(self) -> None:
        """Nothing: there are no render modes."""
        return None

    def close(self) -> None:
        """Idempotent."""
        bridge, self._bridge = getattr(self, "_bridge", None), None
        if bridge is not None and hasattr(self, "_handle"):
            bridge.release(self._handle)

    def __del__(self) -> None:
        self.close()

    def _info(self, info: dict[str, Any]) -> dict[str, Any]:
        mask = info.get("actionMask")
        if mask is not None:
            info["action_mask"] = self._mask = mask
        return info

    def _connection(self) -> Bridge:
        if self._bridge is None:
            raise error.ClosedEnvironmentError("the environment is closed. Make another one.")
        return self._bridge
