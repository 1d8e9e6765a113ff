"""Recorded episodes as a Minari dataset: ``python -m asyncflow_gym.minari episodes.jsonl --out FOLDER``.

The file is what ``trajectoryHeader`` and ``trajectoryToJson`` of the TypeScript package give: a header and an episode
each, one to a line (``.jsonl``) or one after another (``.msgpack``).
"""

from __future__ import annotations

import argparse
import copy
import importlib
import json
import os
import re
import sys
import warnings
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

from .registration import environment_ids, public_id
from .spaces import NUMBERS, space_from_json
from .wire import unpack_all


def read_episodes(path: str | os.PathLike[str]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The header and the episodes of a file.

    Raises:
        ValueError: for a file of another kind, or one that is cut off.
    """
    path = Path(path)
    if path.suffix == ".jsonl":
        values = []
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            if not line.strip():
                continue
            try:
                values.append(json.loads(line))
            except json.JSONDecodeError as failure:
                raise ValueError(f"{path}:{number} is not JSON: {failure}") from None
    elif path.suffix == ".msgpack":
        values = unpack_all(path.read_bytes())
    else:
        raise ValueError(f"{path} ends neither with .jsonl nor with .msgpack")
    if not values or not isinstance(values[0], dict) or values[0].get("schema") != 1:
        raise ValueError(f"{path} does not begin with the header of trajectories (schema 1)")
    if len(values) == 1:
        raise ValueError(f"{path} has no episode")
    return values[0], values[1:]


def convert(path: str | os.PathLike[str], out: str | os.PathLike[str], dataset_id: str | None = None) -> Any:
    """Writes the dataset under the folder ``out`` and gives it.

    Infos keep the entries that all steps of all episodes have with one shape; Minari has no place for others.

    Raises:
        ModuleNotFoundError: where minari is not installed.
        ValueError: for a file that cannot be used.
    """
    try:
        os.environ["MINARI_DATASETS_PATH"] = str(Path(out).absolute())
        minari = importlib.import_module("minari")
        buffers = importlib.import_module("minari.data_collector.episode_buffer")
    except ModuleNotFoundError as failure:
        message = f"{failure}. Install it: pip install 'asyncflow-gym[minari]'"
        raise ModuleNotFoundError(message, name=failure.name) from None
    header, episodes = read_episodes(path)
    observation_space = space_from_json(header["observationSpace"])
    action_space = space_from_json(header["actionSpace"])
    environment = header["environment"]
    kept = _kept_infos(episodes)
    buffer = [
        buffers.EpisodeBuffer(
            id=i,
            seed=episode["seed"],
            observations=_column(observation_space, episode["observations"]),
            actions=_column(action_space, episode["actions"]),
            rewards=[float(NUMBERS.get(x, x)) for x in episode["rewards"]],
            terminations=episode["terminations"],
            truncations=episode["truncations"],
            infos=_infos(kept, episode["infos"]),
        )
        for i, episode in enumerate(episodes)
    ]
    with warnings.catch_warnings():
        # About authors and links, which a conversion does not know.
        warnings.filterwarnings("ignore", category=UserWarning, module="minari")
        return minari.create_dataset_from_buffers(
            dataset_id=dataset_id or _dataset_id(environment),
            buffer=buffer,
            env=_spec(environment),
            observation_space=observation_space,
            action_space=action_space,
            algorithm_name="recorded with asyncflow-gym",
            description=f"Episodes of {json.dumps(environment)}",
        )


def main(arguments: list[str] | None = None) -> int:
    """The command; its exit code is 2 where the input or Minari is not what it needs."""
    parser = argparse.ArgumentParser(prog="python -m asyncflow_gym.minari", description="Make a Minari dataset.")
    parser.add_argument("episodes", help="a .jsonl or .msgpack file of recorded episodes")
    parser.add_argument("--out", required=True, help="folder of datasets, as MINARI_DATASETS_PATH")
    parser.add_argument("--id", help="of the dataset, e.g. loadbalancing/random-v0")
    given = parser.parse_args(arguments)
    try:
        dataset = convert(given.episodes, given.out, given.id)
    except (ModuleNotFoundError, OSError, ValueError) as failure:
        print(failure, file=sys.stderr)
        return 2
    print(f"{dataset.spec.dataset_id}: {dataset.total_episodes} episodes, {dataset.total_steps} steps in {given.out}")
    return 0


def _dataset_id(environment: dict[str, Any] | None) -> str:
    name = environment["id"] if environment else "environment"
    words = re.sub(r"-v\d+$", "", name).replace("/", "-").lower()
    return f"asyncflow/{words}/recorded-v0"


def _spec(environment: dict[str, Any] | None) -> Any:
    """How Minari can make the environment again; None for one that is not registered here."""
    if environment is None or public_id(environment["id"]) not in environment_ids():
        return None
    spec = copy.deepcopy(gymnasium.spec(public_id(environment["id"])))
    spec.kwargs.update(environment["kwargs"])
    spec.max_episode_steps = environment.get("maxEpisodeSteps", spec.max_episode_steps) or None
    return spec


def _column(space: spaces.Space[Any], values: list[Any]) -> Any:
    """The values of an episode, stacked part by part."""
    if isinstance(space, spaces.Dict):
        return {key: _column(part, [value[key] for value in values]) for key, part in space.spaces.items()}
    if isinstance(space, spaces.Tuple):
        return tuple(_column(part, [value[i] for value in values]) for i, part in enumerate(space.spaces))
    return _numbers(values).astype(space.dtype).reshape(len(values), *(space.shape or ()))


def _numbers(value: Any) -> np.ndarray:
    def exact(x: Any) -> Any:
        return [exact(y) for y in x] if isinstance(x, list) else NUMBERS.get(x, x)

    return np.array(exact(value))


def _is_number(value: Any) -> bool:
    return isinstance(value, (bool, int, float)) or (isinstance(value, str) and value in NUMBERS)


def _shapes(info: dict[str, Any], prefix: tuple[str, ...] = ()) -> dict[tuple[str, ...], tuple[int, ...]]:
    """Path and shape of all that is a number or a list of numbers."""
    found: dict[tuple[str, ...], tuple[int, ...]] = {}
    for key, value in info.items():
        if isinstance(value, dict):
            found.update(_shapes(value, (*prefix, key)))
        elif _is_number(value):
            found[(*prefix, key)] = ()
        elif isinstance(value, list) and value and all(_is_number(x) for x in value):
            found[(*prefix, key)] = (len(value),)
    return found


def _kept_infos(episodes: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    common: dict[tuple[str, ...], tuple[int, ...]] | None = None
    for episode in episodes:
        for info in episode["infos"]:
            shapes = _shapes(info)
            if common is None:
                common = shapes
            else:
                common = {path: shape for path, shape in common.items() if shapes.get(path) == shape}
    return sorted(common or {})


def _infos(kept: list[tuple[str, ...]], infos: list[dict[str, Any]]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for path in kept:
        column = []
        for info in infos:
            value: Any = info
            for key in path:
                value = value[key]
            column.append(value)
        place = out
        for key in path[:-1]:
            place = place.setdefault(key, {})
        place[path[-1]] = _numbers(column)
    return out


if __name__ == "__main__":
    sys.exit(main())
