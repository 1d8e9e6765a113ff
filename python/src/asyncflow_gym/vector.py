"""Several environments behind one message per step, as a ``gymnasium.vector.VectorEnv``."""

from __future__ import annotations

import json
import warnings
import weakref
from collections import deque
from collections.abc import Sequence
from typing import Any

import numpy as np
from gymnasium import error, spaces
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from .bridge import Bridge, shared_bridge
from .env import SEEDS
from .errors import BridgeError
from .infos import LazyInfos, infos_from_columns
from .options import options_to_wire
from .spaces import space_from_json, value_from_wire, value_to_wire

_MODES = {
    AutoresetMode.NEXT_STEP: "next-step",
    AutoresetMode.SAME_STEP: "same-step",
    AutoresetMode.DISABLED: "disabled",
}
# For how many steps, the last included, the other side keeps infos.
_INFOS_KEPT = 4


class AsyncflowVectorEnv(VectorEnv[Any, Any, NDArray[Any]]):
    """Made by ``gymnasium.make_vec(id, num_envs=N, vectorization_mode="vector_entry_point", **options)``.

    It behaves as ``gymnasium.vector.SyncVectorEnv`` of the same environments, one message to Node per step.
    ``autoreset_mode`` is one of Gymnasium's three. The infos of a step are fetched when they are looked at, since they are
    a good part of its time; with ``info_keys``, e.g. ``["action_mask"]``, every step brings these and no others.
    ``threads`` of the simulator's process step the environments, each a share. An action outside the space raises
    InvalidActionError before any environment has moved; a masked one under ``invalidAction: 'error'`` raises it when
    some have, and the next call must then be ``reset``.
    """

    def __init__(
        self,
        num_envs: int,
        environment_id: str,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        max_episode_steps: int | None = None,
        render_mode: str | None = None,
        info_keys: Sequence[str] | None = None,
        threads: int = 1,
        **options: Any,
    ) -> None:
        if render_mode is not None:
            raise error.UnsupportedMode(f"{environment_id} has no render modes, got {render_mode!r}. Leave it out.")
        if isinstance(info_keys, str):
            raise ValueError(f"info_keys is a list of keys, got {info_keys!r}. Write [{info_keys!r}].")
        mode = AutoresetMode(autoreset_mode)
        keys = None if info_keys is None else ["actionMask" if key == "action_mask" else key for key in info_keys]
        self.num_envs = num_envs
        self.metadata = {"render_modes": [], "autoreset_mode": mode}
        self._bridge: Bridge | None = shared_bridge()
        handle, observation, action, told = self._bridge.request(
            "make-vector",
            environment_id,
            options_to_wire(options),
            num_envs,
            _MODES[mode],
            max_episode_steps,
            keys,
            int(threads),
        )
        self._handle = int(handle)
        self._info_keys = keys
        self.single_observation_space = space_from_json(json.loads(observation))
        self.single_action_space = space_from_json(json.loads(action))
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._seeded = np.zeros(num_envs, np.bool_)
        self._masks: NDArray[np.int8] | None = None
        # Of the last step, where its masks are not in `_masks` yet.
        self._unread: tuple[int, LazyInfos] | None = None
        # Of the last steps, which must be fetched before the other side forgets them if they are still in use.
        self._recent: deque[weakref.ref[LazyInfos] | None] = deque()
        for message in told:
            warnings.warn(message, stacklevel=2)

    def reset(
        self,
        *,
        seed: int | Sequence[int | None] | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[Any, dict[str, Any]]:
        """``seed``: environment i takes ``seed + i``, or its own of a list. ``options["reset_mask"]`` resets a part."""
        super().reset(seed=seed if isinstance(seed, int) else None)
        options = dict(options or {})
        mask = _checked_mask(options.pop("reset_mask", None), self.num_envs)
        if mask is not None:
            self._read_masks()
        self._unread = None
        chosen = np.ones(self.num_envs, np.bool_) if mask is None else mask
        observations, columns = self._connection().request(
            "reset-vector",
            self._handle,
            self._seeds(seed, chosen),
            options or None,
            None if mask is None else mask.astype(np.uint8),
        )
        self._seeded |= chosen
        return value_from_wire(self.observation_space, observations), self._infos(columns)

    def step(self, actions: Any) -> tuple[Any, NDArray[Any], NDArray[Any], NDArray[Any], dict[str, Any]]:
        """Raises InvalidActionError or gymnasium.error.ResetNeeded."""
        wire = value_to_wire(self.action_space, actions, "the batch of actions")
        bridge = self._connection()
        while len(self._recent) >= _INFOS_KEPT - 1:
            reference = self._recent.popleft()
            old = reference() if reference is not None else None
            if old is not None:
                old.fetch()
        self._recent.append(None)
        observations, rewards, terminations, truncations, number, *told = bridge.request(
            "step-vector", self._handle, wire
        )
        if told:
            infos = _infos_of(*told, self.num_envs, self.single_observation_space)
            self._keep_masks(infos)
        else:
            infos = self._lazy_infos(bridge, int(number))
        return (
            value_from_wire(self.observation_space, observations),
            rewards,
            terminations.view(np.bool_),
            truncations.view(np.bool_),
            infos,
        )

    def action_masks(self) -> NDArray[np.bool_]:
        """Which actions are valid now, one row per environment. TypeError where there is no list of masks: for a Box, and
        where parts of a Dict have masks of their own.

        Raises:
            ValueError: where ``info_keys`` leaves the masks out.
        """
        space = self.single_action_space
        if isinstance(space, (spaces.Box, spaces.Dict)):
            raise TypeError(f"{space} has no list of masks. Where a part has one it is in infos['actionMask'].")
        self._read_masks()
        if self._masks is None and self._info_keys is not None and "actionMask" not in self._info_keys:
            raise ValueError("info_keys leaves out the action masks. Add 'actionMask'.")
        if self._masks is None:
            raise error.ResetNeeded("there are no action masks before reset(). Call reset() first.")
        return self._masks.astype(np.bool_)

    def close_extras(self, **kwargs: Any) -> None:
        """Called by ``close``."""
        for reference in getattr(self, "_recent", ()):
            infos = reference() if reference is not None else None
            if infos is not None and self._bridge is not None and self._bridge.alive:
                try:
                    infos.fetch()
                except BridgeError:
                    break  # It ended, and nobody will know them.
        bridge, self._bridge = getattr(self, "_bridge", None), None
        if bridge is not None and hasattr(self, "_handle"):
            bridge.release(self._handle)

    def _infos(self, columns: dict[str, Any]) -> dict[str, Any]:
        infos = infos_from_columns(columns, self.num_envs)
        self._keep_masks(infos)
        return infos

    def _keep_masks(self, infos: dict[str, Any]) -> None:
        masks, present = infos.get("actionMask"), infos.get("_actionMask")
        if isinstance(masks, np.ndarray) and masks.dtype != object:
            if self._masks is None or present.all():
                self._masks = masks
            else:
                self._masks = np.where(present[:, None], masks, self._masks)

    def _lazy_infos(self, bridge: Bridge, number: int) -> LazyInfos:
        # Not by way of this object, which holds the last of them: it shall go as soon as nobody uses it.
        handle, count, space = self._handle, self.num_envs, self.single_observation_space
        infos = LazyInfos(lambda: _infos_of(*bridge.request("infos-vector", handle, number, None), count, space))
        self._recent[-1] = weakref.ref(infos)
        self._unread = (number, infos)
        return infos

    def _read_masks(self) -> None:
        """Those of the last step, if they are not known yet."""
        unread, self._unread = self._unread, None
        if unread is None:
            return
        number, infos = unread
        if infos.fetched:
            self._keep_masks(infos)
        else:
            columns = self._connection().request("infos-vector", self._handle, number, ["actionMask"])[0]
            self._keep_masks(infos_from_columns(columns, self.num_envs))

    def _seeds(self, seed: int | Sequence[int | None] | None, chosen: NDArray[np.bool_]) -> list[int | None]:
        if seed is None:
            seeds: list[int | None] = [None] * self.num_envs
        elif isinstance(seed, (int, np.integer)):
            seeds = [int(seed) + i for i in range(self.num_envs)]
        else:
            seeds = [None if one is None else int(one) for one in seed]
            if len(seeds) != self.num_envs:
                raise ValueError(f"expected {self.num_envs} seeds, one per environment, got {len(seeds)}")
        # As a single environment does: the first reset without a seed draws one.
        fresh = [i for i in np.flatnonzero(chosen & ~self._seeded) if seeds[i] is None]
        if fresh:
            root = int(self.np_random.integers(SEEDS - self.num_envs))
            for i in fresh:
                seeds[i] = root + int(i)
        return seeds

    def _connection(self) -> Bridge:
        if self._bridge is None:
            raise error.ClosedEnvironmentError("the environments are closed. Make others.")
        return self._bridge


def _infos_of(
    columns: dict[str, Any], observations: list[Any] | None, final_columns: Any, count: int, space: Any
) -> dict[str, Any]:
    """``observations``: the last ones of the episodes that a step has ended; None where it ended none."""
    infos = infos_from_columns(columns, count)
    if observations is not None:
        ended = np.array([value is not None for value in observations], np.bool_)
        last = np.full(count, None, dtype=object)
        for i, value in enumerate(observations):
            if value is not None:
                last[i] = value_from_wire(space, value)
        infos["final_obs"], infos["_final_obs"] = last, ended
        infos["final_info"], infos["_final_info"] = infos_from_columns(final_columns, count), ended.copy()
    return infos


def _checked_mask(mask: Any, count: int) -> NDArray[np.bool_] | None:
    if mask is None:
        return None
    if not isinstance(mask, np.ndarray) or mask.dtype != np.bool_:
        raise TypeError(f"options['reset_mask'] must be a NumPy array of bool, got {mask!r}")
    if mask.shape != (count,):
        raise ValueError(f"options['reset_mask'] must have the shape ({count},), got {mask.shape}")
    if not mask.any():
        raise ValueError("options['reset_mask'] resets no environment. Set at least one.")
    return mask
