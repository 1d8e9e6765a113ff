"""Options of environments on their way to the simulator."""

from __future__ import annotations

import json
import os
from typing import Any

from .registration import scenario_names


def options_to_wire(options: dict[str, Any]) -> dict[str, Any]:
    """The options, with a scenario that the other process can find from where it runs."""
    if "scenario" not in options:
        return options
    return {**options, "scenario": _scenario(options["scenario"])}


def _scenario(scenario: Any) -> Any:
    if isinstance(scenario, dict):
        # JSON is YAML; a text is told from a name by its line break.
        return json.dumps(scenario) + "\n"
    if isinstance(scenario, os.PathLike):
        return os.path.abspath(scenario)
    if isinstance(scenario, str) and scenario not in scenario_names() and "\n" not in scenario:
        return os.path.abspath(scenario) if os.path.isfile(scenario) else scenario
    return scenario
