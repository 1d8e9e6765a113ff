"""Stable-Baselines3 on this package: its check_env on every environment, PPO and DQN on the two main ones, and
MaskablePPO where sb3-contrib is there.

Usage: python python/scripts/check_sb3.py [--steps 2048]
(where stable-baselines3 and this package are installed).
"""

import argparse
import importlib.util
import warnings

import asyncflow_gym
import gymnasium
from stable_baselines3 import DQN, PPO
from stable_baselines3.common.env_checker import check_env
from stable_baselines3.common.evaluation import evaluate_policy

TRAINED_ON = ["asyncflow/LoadBalancing-v0", "asyncflow/Autoscaling-v0"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=2048, help="decisions to train for, per learner")
    steps = parser.parse_args().steps
    for name in asyncflow_gym.environment_ids():
        check(name)
    for name in TRAINED_ON:
        for learner in (PPO, DQN):
            train(learner, name, steps)
    if importlib.util.find_spec("sb3_contrib") is not None:
        from sb3_contrib import MaskablePPO

        env = gymnasium.make("asyncflow/Autoscaling-v0", invalidAction="error")
        model = MaskablePPO("MlpPolicy", env, device="cpu").learn(steps)
        print(f"MaskablePPO took {model.num_timesteps} steps in asyncflow/Autoscaling-v0, no masked action among them")
        env.close()


def check(name: str) -> None:
    env = gymnasium.make(name)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        check_env(env.unwrapped)
    print(f"{name}: check_env passed, {len(caught)} warnings")
    for warning in caught:
        print(f"  {warning.message}")
    env.close()


def train(learner: type, name: str, steps: int) -> None:
    """Trains, and gives the mean return of two episodes by the trained policy."""
    env = gymnasium.make(name, episodeLength=240)
    model = learner("MlpPolicy", env, device="cpu", seed=1).learn(steps)
    mean, deviation = evaluate_policy(model, env, n_eval_episodes=2, warn=False)
    print(f"{learner.__name__} took {model.num_timesteps} steps in {name}: return {mean:.1f} +- {deviation:.1f}")
    env.close()


if __name__ == "__main__":
    main()
