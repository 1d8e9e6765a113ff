"""Gymnasium's CartPole-v1 under random actions; with a second argument, that many in its SyncVectorEnv."""

import sys

import gymnasium
from protocol import serve

steps = int(sys.argv[1])
count = int(sys.argv[2]) if len(sys.argv) > 2 else 1
env = gymnasium.make("CartPole-v1") if count == 1 else gymnasium.make_vec("CartPole-v1", count, "sync")
env.reset(seed=0)


def run() -> int:
    for _ in range(steps // count):
        _, _, terminated, truncated, _ = env.step(env.action_space.sample())
        if count == 1 and (terminated or truncated):
            env.reset()
    return steps // count * count


kind = "CartPole-v1" if count == 1 else f"SyncVectorEnv of {count} CartPole-v1"
serve(f"Gymnasium {gymnasium.__version__} {kind}", run)
