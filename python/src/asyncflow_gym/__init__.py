"""Gymnasium environments over asyncflow-gym's simulator of backend systems; importing this registers them."""

from __future__ import annotations

from .env import AsyncflowEnv
from .errors import BridgeError, InvalidActionError, NodeNotFoundError, ScenarioError
from .policy import Policy, load_policy
from .registration import environment_ids, register_environments, scenario_names
from .vector import AsyncflowVectorEnv
from .version import __version__

register_environments()

__all__ = [
    "AsyncflowEnv",
    "AsyncflowVectorEnv",
    "BridgeError",
    "InvalidActionError",
    "NodeNotFoundError",
    "Policy",
    "ScenarioError",
    "__version__",
    "environment_ids",
    "load_policy",
    "scenario_names",
]
