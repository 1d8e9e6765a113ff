"""Where Node.js is, and the program that it runs."""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
from pathlib import Path

from .errors import NodeNotFoundError

PROGRAM = Path(__file__).parent / "_node" / "bridge.mjs"
OLDEST = (20, 19)


def find_node() -> str:
    """The executable named by ``ASYNCFLOW_NODE``, else ``node`` on the path.

    Raises:
        NodeNotFoundError: where there is none, or one before version 20.19.
    """
    wanted = os.environ.get("ASYNCFLOW_NODE") or "node"
    found = shutil.which(wanted)
    if found is None:
        raise NodeNotFoundError(
            f"asyncflow-gym needs Node.js {_text(OLDEST)} or newer, and there is no {wanted!r} on the path. "
            "Install it, or name the executable in the environment variable ASYNCFLOW_NODE."
        )
    _check_version(found)
    return found


@functools.lru_cache(maxsize=None)
def _check_version(node: str) -> None:
    try:
        printed = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=60).stdout.strip()
    except (OSError, subprocess.SubprocessError) as failure:
        raise NodeNotFoundError(f"{node} does not run: {failure}") from failure
    match = re.match(r"v(\d+)\.(\d+)", printed)
    if match is None or (int(match[1]), int(match[2])) < OLDEST:
        raise NodeNotFoundError(
            f"asyncflow-gym needs Node.js {_text(OLDEST)} or newer, and {node} is {printed or 'of unknown version'}. "
            "Install a newer one, or name its executable in the environment variable ASYNCFLOW_NODE."
        )


def _text(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"
