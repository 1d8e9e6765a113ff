"""The environments that the simulator has, registered with Gymnasium."""

from __future__ import annotations

import functools
import json
from typing import Any

import gymnasium

from .node import PROGRAM

_NAMESPACE = "asyncflow"


@functools.lru_cache(maxsize=None)
def _list() -> dict[str, Any]:
    file = PROGRAM.with_name("environments.json")
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ImportError(
            f"asyncflow_gym lacks its Node program ({file.parent}). Run `npm run build` in the checkout first."
        ) from None


def environment_ids() -> list[str]:
    """As Gymnasium knows them, e.g. ``asyncflow/LoadBalancing-v0``."""
    return [public_id(one["id"]) for one in _list()["environments"]]


def scenario_names() -> list[str]:
    """Of the scenarios that come with the package: ``gymnasium.make(id, scenario=name)``."""
    return list(_list()["scenarios"])


def register_environments() -> None:
    """Done by ``import asyncflow_gym``. An id that has a namespace keeps it; the others get ``asyncflow/``."""
    for one in _list()["environments"]:
        public = public_id(one["id"])
        if public in gymnasium.registry:
            continue
        gymnasium.register(
            id=public,
            entry_point="asyncflow_gym.env:AsyncflowEnv",
            vector_entry_point="asyncflow_gym.vector:AsyncflowVectorEnv",
            max_episode_steps=one["maxEpisodeSteps"],
            reward_threshold=one["rewardThreshold"],
            nondeterministic=one["nondeterministic"],
            kwargs={"environment_id": one["id"]},
        )


def public_id(own: str) -> str:
    """The id in Gymnasium of an id of the simulator."""
    return own if "/" in own else f"{_NAMESPACE}/{own}"
