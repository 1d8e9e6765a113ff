import pickle
import signal
import subprocess
import sys
import textwrap
import unittest

import asyncflow_gym
import gymnasium
import numpy as np
from asyncflow_gym import InvalidActionError
from gymnasium import error
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from support import quick

BALANCING = "asyncflow/LoadBalancing-v0"
SCALING = "asyncflow/Autoscaling-v0"


def assert_same(a, b, path="result"):
    """The same types, dtypes, shapes and values, all the way down."""
    assert type(a) is type(b) or (isinstance(a, dict) and isinstance(b, dict)), f"{path}: {type(a)} and {type(b)}"
    if isinstance(a, dict):
        assert a.keys() == b.keys(), f"{path}: {a.keys() ^ b.keys()}"
        for key in a:
            assert_same(a[key], b[key], f"{path}[{key!r}]")
    elif isinstance(a, np.ndarray):
        assert (a.dtype, a.shape) == (b.dtype, b.shape), f"{path}: {a.dtype}{a.shape} and {b.dtype}{b.shape}"
        if a.dtype == object:
            assert_same(tuple(a), tuple(b), path)
        else:
            assert np.array_equal(a, b), f"{path}: {a} and {b}"
    elif isinstance(a, tuple):
        assert len(a) == len(b), path
        for i, (p, q) in enumerate(zip(a, b)):
            assert_same(p, q, f"{path}[{i}]")
    else:
        assert a == b, f"{path}: {a} and {b}"


class VectorTest(unittest.TestCase):
    def make(self, name, count=3, **options):
        env = gymnasium.make_vec(name, num_envs=count, vectorization_mode="vector_entry_point", **options)
        self.addCleanup(env.close)
        return env

    def test_it_gives_exactly_what_gymnasiums_own_vector_of_the_single_environments_gives(self):
        for name in asyncflow_gym.environment_ids():
            for mode in AutoresetMode:
                with self.subTest(name=name, mode=mode):
                    options = {"max_episode_steps": 7, **quick(name)}
                    ours = self.make(name, autoreset_mode=mode, **options)
                    parts = [lambda: gymnasium.make(name, **options)] * 3
                    theirs = SyncVectorEnv(parts, autoreset_mode=mode)
                    self.addCleanup(theirs.close)
                    self.assertEqual(ours.observation_space, theirs.observation_space)
                    self.assertEqual(ours.action_space, theirs.action_space)
                    assert_same(ours.reset(seed=5), theirs.reset(seed=5))
                    ours.action_space.seed(1)
                    for _ in range(20):
                        actions = ours.action_space.sample()
                        step = ours.step(actions)
                        assert_same(step, theirs.step(actions))
                        ended = step[2] | step[3]
                        if mode == AutoresetMode.DISABLED and ended.any():
                            parts = [vector.reset(options={"reset_mask": ended}) for vector in (ours, theirs)]
                            assert_same(*parts)

    def test_parts_are_reset_with_seeds_of_their_own(self):
        env = self.make(BALANCING, autoreset_mode=AutoresetMode.DISABLED)
        first, infos = env.reset(seed=[7, 8, 9])
        self.assertEqual([trace.split(":")[1] for trace in infos["traceId"]], ["7/0", "8/0", "9/0"])
        env.step([0, 0, 0])
        again, infos = env.reset(seed=[7, 1, 1], options={"reset_mask": np.array([True, False, False])})
        np.testing.assert_array_equal(again[0], first[0])
        self.assertTrue((again[1] != first[1]).any())
        np.testing.assert_array_equal(infos["_traceId"], [True, False, False])
        self.assertEqual(env.action_masks().shape, (3, 6))
        _, infos = self.make(BALANCING).reset()
        self.assertEqual(len(set(infos["traceId"])), 3)

    def test_a_wrong_action_is_named_before_any_environment_has_moved(self):
        env = self.make(BALANCING)
        env.reset(seed=1)
        expected = env.step([0, 1, 2])[0]
        env.reset(seed=1)
        cases = [
            ([0, 1, 6], "the action of environment 2 is 6, not in 0 ... 5"),
            ([0, 1], r"the batch of actions has the shape \(2,\), not \(3,\)"),
            ([0.5, 1, 1], "not an array of int64"),
        ]
        for actions, message in cases:
            with self.subTest(actions), self.assertRaisesRegex(InvalidActionError, message):
                env.step(actions)
        np.testing.assert_array_equal(env.step([0, 1, 2])[0], expected)

    def test_the_infos_can_be_restricted_to_some_keys(self):
        env = self.make(BALANCING, info_keys=["action_mask", "time"], max_episode_steps=2, autoreset_mode="SameStep")
        whole = self.make(BALANCING, max_episode_steps=2, autoreset_mode="SameStep")
        keys = {"action_mask", "_action_mask", "actionMask", "_actionMask", "time", "_time"}
        _, infos = env.reset(seed=1)
        self.assertEqual(infos.keys(), keys)
        whole.reset(seed=1)
        for _ in range(2):
            *results, infos = env.step([0, 1, 2])
            *expected, all_infos = whole.step([0, 1, 2])
            assert_same(tuple(results), tuple(expected))
            np.testing.assert_array_equal(infos["time"], all_infos["time"])
        self.assertEqual(infos["final_info"].keys(), keys)

    def test_infos_are_there_however_late_they_are_looked_at(self):
        options = {"max_episode_steps": 3, "autoreset_mode": "SameStep", "start": "empty"}
        for more in [{}, {"threads": 2}]:
            env = self.make(BALANCING, **options, **more)
            now = self.make(BALANCING, **options)
            env.reset(seed=1)
            now.reset(seed=1)
            late = []
            for _ in range(9):
                late.append(env.step([0, 1, 2])[4])
                infos = now.step([0, 1, 2])[4]
                np.testing.assert_array_equal(env.action_masks(), infos["action_mask"])
            env.close()
            again = self.make(BALANCING, **options)
            again.reset(seed=1)
            for infos in late:
                assert_same(infos, again.step([0, 1, 2])[4])
        self.assertEqual(type(pickle.loads(pickle.dumps(late[0]))), dict)
        self.assertEqual({**late[0]}, dict(late[0]))

    def test_threads_give_the_same(self):
        for mode in AutoresetMode:
            options = {"max_episode_steps": 4, "autoreset_mode": mode, **quick(BALANCING)}
            one, two = self.make(BALANCING, 5, **options), self.make(BALANCING, 5, threads=2, **options)
            assert_same(two.reset(seed=3), one.reset(seed=3))
            for _ in range(3):
                assert_same(two.step([0, 1, 2, 3, 4]), one.step([0, 1, 2, 3, 4]))
        with self.assertRaisesRegex(InvalidActionError, "the action of environment 4 is 6"):
            two.step([0, 1, 2, 3, 6])
        with self.assertRaisesRegex(ValueError, "expected an integer of at least 1, got 0 .*threads"):
            self.make(BALANCING, threads=0)

    def test_a_masked_action_that_raises_asks_for_a_reset(self):
        env = self.make(SCALING, invalidAction="error", start="empty")
        env.reset(seed=1)
        valid = env.action_masks().argmax(axis=1)
        with self.assertRaisesRegex(InvalidActionError, "mask is 1"):
            env.step([*valid[:2], int((~env.action_masks()[2]).argmax())])
        with self.assertRaises(error.ResetNeeded):
            env.step(valid)
        env.reset()
        env.step(env.action_masks().argmax(axis=1))

    def test_what_does_not_fit_is_refused(self):
        env = self.make(BALANCING)
        with self.assertRaises(error.ResetNeeded):
            env.step([0, 0, 0])
        with self.assertRaisesRegex(ValueError, "expected 3 seeds"):
            env.reset(seed=[1])
        for mask, raised in [([True] * 3, TypeError), (np.ones(2, bool), ValueError), (np.zeros(3, bool), ValueError)]:
            with self.subTest(mask), self.assertRaisesRegex(raised, "reset_mask"):
                env.reset(options={"reset_mask": mask})
        with self.assertRaisesRegex(ValueError, "at least 1, got 0"):
            self.make(BALANCING, count=0)
        env.close()
        with self.assertRaises(error.ClosedEnvironmentError):
            env.reset()

    def test_a_mask_that_resets_all_lets_them_step_also_after_an_error(self):
        envs = self.make(BALANCING, start="empty")
        everyone = {"reset_mask": np.ones(3, np.bool_)}
        with self.assertRaises(error.ResetNeeded):
            envs.step(np.zeros(3, np.int64))
        envs.reset(seed=1, options={"reset_mask": np.array([True, False, True])})
        with self.assertRaises(error.ResetNeeded):
            envs.step(np.zeros(3, np.int64))
        envs.reset(seed=1, options={"reset_mask": np.array([False, True, False])})
        envs.step(np.zeros(3, np.int64))
        envs.reset(seed=1, options=everyone)
        envs.step(np.zeros(3, np.int64))

    def test_masks_that_are_not_there_are_no_call_for_a_reset(self):
        for keys in ([], ["time"]):
            envs = self.make(BALANCING, start="empty", info_keys=keys)
            envs.reset(seed=1)
            with self.assertRaisesRegex(ValueError, "info_keys leaves out"):
                envs.action_masks()
        with self.assertRaisesRegex(TypeError, "has no list of masks"):
            self.make("asyncflow/AutoscalingContinuous-v0", start="empty").action_masks()
        with self.assertRaisesRegex(ValueError, "is a list of keys"):
            self.make(BALANCING, info_keys="action_mask")

    def test_a_number_that_is_null_beside_others_is_nan_as_in_gymnasiums_vector(self):
        options = {"scenario": "heterogeneous", "episodeLength": 4, "start": "empty"}
        kinds = set()
        for seed in range(12):
            ours = self.make(BALANCING, **options)
            theirs = gymnasium.make_vec(BALANCING, num_envs=3, vectorization_mode="sync", **options)
            self.addCleanup(theirs.close)
            ours.reset(seed=seed)
            theirs.reset(seed=seed)
            for _ in range(4):
                infos = ours.step(np.array([0, 1, 2]))[4]
                expected = theirs.step(np.array([0, 1, 2]))[4]
            got, wanted = (one["summary"]["meanLatency"] for one in (infos, expected))
            self.assertEqual(got.dtype, wanted.dtype)
            if got.dtype != object:
                np.testing.assert_array_equal(got, wanted)
            kinds.add((got.dtype == object, bool(np.isnan(wanted.astype(float)).any())))
        self.assertIn((False, True), kinds)

    @unittest.skipUnless(hasattr(signal, "SIGKILL"), "needs signals")
    def test_closing_after_the_other_side_has_died_does_not_fail(self):
        program = f"""
        import os, signal, time
        import asyncflow_gym, gymnasium, numpy as np
        envs = gymnasium.make_vec({BALANCING!r}, num_envs=2, vectorization_mode="vector_entry_point", start="empty")
        envs.reset(seed=1)
        infos = envs.step(np.zeros(2, np.int64))[4]
        os.kill(envs._bridge.pid, signal.SIGKILL)
        time.sleep(0.2)
        envs.close()
        """
        subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=True)
