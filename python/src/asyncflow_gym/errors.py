"""What this package raises. Each is also the exception that Gymnasium or Python has for the case."""

from __future__ import annotations

from gymnasium import error


class NodeNotFoundError(error.DependencyNotInstalled):
    """There is no Node.js, or one that is too old."""


class BridgeError(error.Error, RuntimeError):
    """The Node process ended or failed; the message has the last lines that it wrote."""


class ScenarioError(error.Error, ValueError):
    """A scenario or an option that cannot be used, with one line per problem."""


class InvalidActionError(error.InvalidAction, ValueError):
    """An action outside the space, or one that is masked under ``invalidAction: 'error'``. The episode goes on."""


def from_node(code: str, message: str) -> Exception:
    """The exception for an error of the Node side."""
    if code == "config":
        return ScenarioError(message)
    if code == "invalid-action":
        return InvalidActionError(message)
    if code == "reset-needed":
        return error.ResetNeeded(message)
    if code == "unknown-id":
        return error.NameNotFound(message)
    if code == "closed":
        return error.ClosedEnvironmentError(message)
    if code in ("checkpoint", "observation", "mask", "no-valid-action", "diverged"):
        return ValueError(message)
    return BridgeError(f"the simulator failed ({code}): {message}")
