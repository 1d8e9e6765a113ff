"""LoadBalancing-v0 from Python under random actions: one environment, or as many as the second argument says."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3] / "python" / "src"))

import asyncflow_gym  # noqa: E402
import gymnasium  # noqa: E402
from protocol import serve  # noqa: E402

steps, count = int(sys.argv[1]), int(sys.argv[2])
name = "asyncflow/LoadBalancing-v0"
options = {"episodeLength": 100_000}
if count == 1:
    env = gymnasium.make(name, **options)
else:
    env = gymnasium.make_vec(name, num_envs=count, vectorization_mode="vector_entry_point", **options)
env.reset(seed=0)


def run() -> int:
    for _ in range(steps // count):
        result = env.step(env.action_space.sample())
        if count == 1 and (result[2] or result[3]):
            env.reset()
    return steps // count * count


serve(f"asyncflow-gym {asyncflow_gym.__version__}", run)
