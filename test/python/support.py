"""The environment of composite-bridge.mjs, in a process of its own."""

from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import asyncflow_gym.bridge
import gymnasium
from asyncflow_gym import AsyncflowEnv, AsyncflowVectorEnv

PROGRAM = Path(__file__).parent / "composite-bridge.mjs"
ACTION = {"box": [0.5, 1.5], "choices": [1, 3], "pair": (2, [1, 0])}


@contextmanager
def composite_bridge():
    with mock.patch.object(asyncflow_gym.bridge, "PROGRAM", PROGRAM), mock.patch.object(asyncflow_gym.bridge, "_shared", None):
        yield


def quick(name):
    """Options of an environment without a warm start, where it has one."""
    try:
        gymnasium.make(name, start="empty").close()
        return {"start": "empty"}
    except ValueError:
        return {}


def make_composite():
    return AsyncflowEnv("test/Composite-v0")


def make_composites(count, **options):
    return AsyncflowVectorEnv(count, "test/Composite-v0", **options)


def is_running(pid):
    """Whether there is such a process; one that has ended and waits for its parent is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
