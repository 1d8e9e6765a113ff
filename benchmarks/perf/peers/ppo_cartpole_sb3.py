"""PPO of Stable-Baselines3 on CartPole-v1 at its default settings, updates included."""

import sys

import stable_baselines3
from protocol import serve
from stable_baselines3 import PPO

steps = int(sys.argv[1])
seeds = iter(range(1_000_000))


def run() -> int:
    PPO("MlpPolicy", "CartPole-v1", seed=next(seeds), device="cpu").learn(total_timesteps=steps)
    return steps


serve(f"Stable-Baselines3 {stable_baselines3.__version__} PPO", run)
