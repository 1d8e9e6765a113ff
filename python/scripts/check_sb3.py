"""Stable-Baselines3's check_env on every environment, a MaskablePPO if sb3-contrib is there, and a short PPO.

Usage: python python/scripts/check_sb3.py (where stable-baselines3 and this package are installed).
"""

import importlib.util
import warnings

import asyncflow_gym
import gymnasium
from stable_baselines3 import PPO
from stable_baselines3.common.env_checker import check_env


def main() -> None:
    for name in asyncflow_gym.environment_ids():
        env = gymnasium.make(name)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            check_env(env.unwrapped)
        print(f"{name}: check_env passed, {len(caught)} warnings")
        for warning in caught:
            print(f"  {warning.message}")
        env.close()
    name = "asyncflow/LoadBalancing-v0"
    learner = PPO("MlpPolicy", gymnasium.make(name), n_steps=128, device="cpu").learn(256)
    print(f"PPO took {learner.num_timesteps} steps in {name}")
    if importlib.util.find_spec("sb3_contrib") is not None:
        from sb3_contrib import MaskablePPO

        env = gymnasium.make("asyncflow/Autoscaling-v0", invalidAction="error")
        learner = MaskablePPO("MlpPolicy", env, n_steps=64, device="cpu").learn(128)
        print(f"MaskablePPO took {learner.num_timesteps} steps in asyncflow/Autoscaling-v0, no masked action among them")


if __name__ == "__main__":
    main()
