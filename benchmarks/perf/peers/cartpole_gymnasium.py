"""Gymnasium's CartPole-v1 under random actions."""

import sys

import gymnasium
from protocol import serve

steps = int(sys.argv[1])
env = gymnasium.make("CartPole-v1")
env.reset(seed=0)


def run() -> int:
    for _ in range(steps):
        _, _, terminated, truncated, _ = env.step(env.action_space.sample())
        if terminated or truncated:
            env.reset()
    return steps


serve(f"Gymnasium {gymnasium.__version__} CartPole-v1", run)
