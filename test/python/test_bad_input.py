"""What no environment can do anything with is an error that names it, and the environment can go on."""

import unittest

import asyncflow_gym
import gymnasium
import numpy as np
from asyncflow_gym import InvalidActionError
from gymnasium import error, spaces

MARKOV = ("asyncflow/Dispatch-v0", "asyncflow/Replicas-v0", "asyncflow/SlowServer-v0")


def options(name):
    if name.startswith("Park/"):
        return {"numJobs": 3}
    return {"episodeLength": 3} if name in MARKOV else {"episodeLength": 3, "start": "empty"}


def bad_actions(space):
    """What is no action of the space, by name."""
    yield from {"nothing": None, "a text": "0", "an empty list": [], "an object": object()}.items()
    if isinstance(space, spaces.Discrete):
        n = int(space.n)
        cases = {"too large": n, "negative": -1, "a fraction": 0.5, "NaN": np.nan, "infinity": np.inf, "a list": [0]}
        yield from cases.items()
        yield "huge", 10**30
    elif isinstance(space, spaces.Box):
        good = space.low.copy()
        yield "one number more", np.append(good.ravel(), good.ravel()[0])
        for case, value in {"NaN": np.nan, "too large": space.high.ravel()[0] + 1, "too small": good.ravel()[0] - 1}.items():
            bad = good.copy()
            bad.ravel()[0] = value
            yield case, bad
    elif isinstance(space, spaces.Dict):
        good = space.sample()
        first = next(iter(good))
        yield "a missing key", {key: value for key, value in good.items() if key != first}
        for key, part in space.spaces.items():
            for case, value in bad_actions(part):
                yield f"{key}: {case}", {**good, key: value}


def good_action(env, info):
    if isinstance(info.get("action_mask"), np.ndarray):
        return int(np.flatnonzero(info["action_mask"])[0])
    env.action_space.seed(1)
    return env.action_space.sample()


class BadInputTest(unittest.TestCase):
    def each(self):
        for name in asyncflow_gym.environment_ids():
            env = gymnasium.make(name, disable_env_checker=True, **options(name)).unwrapped
            self.addCleanup(env.close)
            yield name, env

    def test_every_bad_action_is_named_and_the_episode_goes_on(self):
        for name, env in self.each():
            _, info = env.reset(seed=1)
            expected = env.step(good_action(env, info))
            env.reset(seed=1)
            for case, action in bad_actions(env.action_space):
                with self.subTest(name=name, case=case), self.assertRaisesRegex((InvalidActionError, ValueError), r"action|integer"):
                    env.step(action)
            after = env.step(good_action(env, info))
            np.testing.assert_array_equal(after[0], expected[0])
            self.assertEqual(after[1:4], expected[1:4])

    def test_a_step_before_the_first_reset_or_after_the_end_asks_for_one(self):
        for _, env in self.each():
            action = env.action_space.sample()
            with self.assertRaisesRegex(error.ResetNeeded, "before reset"):
                env.step(action)
            _, info = env.reset(seed=1)
            ended = False
            while not ended:
                *_, terminated, truncated, info = env.step(good_action(env, info))
                ended = terminated or truncated
            with self.assertRaisesRegex(error.ResetNeeded, "after the end of the episode"):
                env.step(action)
            _, info = env.reset()
            env.step(good_action(env, info))

    def test_an_unknown_option_is_named(self):
        for name in asyncflow_gym.environment_ids():
            known = "numJobs" if name.startswith("Park/") else "episodeLength"
            message = f'unknown option "{known}s".*Did you mean "{known}"'
            with self.subTest(name), self.assertRaisesRegex(ValueError, message):
                gymnasium.make(name, **{f"{known}s": 3})
            with self.subTest(name), self.assertRaisesRegex(ValueError, f"expected an integer.*NaN .*{known}"):
                gymnasium.make(name, **{known: np.nan})

    def test_what_is_no_seed_is_refused(self):
        for _, env in self.each():
            for seed in (-1, 0.5, "1", 2**60):
                with self.assertRaises((error.Error, ValueError, TypeError)):
                    env.reset(seed=seed)
            env.reset(seed=0)

    def test_a_masked_action_is_named_where_it_is_an_error(self):
        seen = 0
        for name, one in self.each():
            if not isinstance(one.action_space, spaces.Discrete):
                continue
            try:
                env = gymnasium.make(name, invalidAction="error", **options(name)).unwrapped
            except ValueError:
                continue
            self.addCleanup(env.close)
            _, info = env.reset(seed=1)
            for _ in range(2):
                masked = np.flatnonzero(~env.action_masks())
                if len(masked) > 0:
                    seen += 1
                    with self.assertRaisesRegex(InvalidActionError, "mask is 1"):
                        env.step(int(masked[0]))
                *_, info = env.step(good_action(env, info))
        self.assertGreater(seen, 0)


