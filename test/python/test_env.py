import tempfile
import unittest
import warnings
from pathlib import Path

import asyncflow_gym
import gymnasium
import numpy as np
from asyncflow_gym import InvalidActionError, ScenarioError
from gymnasium import error
from gymnasium.utils.env_checker import check_env
from support import quick

BALANCING = "asyncflow/LoadBalancing-v0"
SCALING = "asyncflow/Autoscaling-v0"
SCENARIOS = Path(__file__).parents[2] / "scenarios"


class EnvTest(unittest.TestCase):
    def make(self, name, **options):
        env = gymnasium.make(name, **options)
        self.addCleanup(env.close)
        return env

    def test_every_environment_passes_check_env_without_a_warning(self):
        self.assertEqual(len(asyncflow_gym.environment_ids()), 11)
        for name in asyncflow_gym.environment_ids():
            with self.subTest(name), warnings.catch_warnings():
                warnings.simplefilter("error")
                check_env(self.make(name, **quick(name)).unwrapped)

    def test_every_environment_can_be_made_from_its_spec(self):
        for name in asyncflow_gym.environment_ids():
            with self.subTest(name):
                spec = gymnasium.envs.registration.EnvSpec.from_json(self.make(name).spec.to_json())
                self.assertEqual(self.make(spec).unwrapped.spec.id, name)

    def test_a_scenario_is_a_name_a_path_a_text_or_a_dict(self):
        path = SCENARIOS / "heterogeneous.yml"
        self.assertEqual(self.make(BALANCING).action_space.n, 6)
        sources = ["heterogeneous", path, str(path), path.read_text()]
        first = [self.make(BALANCING, scenario=source).reset(seed=3)[0] for source in sources]
        for other in first[1:]:
            np.testing.assert_array_equal(first[0], other)
        with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
            warnings.simplefilter("error")
            copy = Path(folder, "mine.yml")
            copy.write_text(path.read_text())
            np.testing.assert_array_equal(first[0], self.make(BALANCING, scenario=copy).reset(seed=3)[0])
        with self.assertRaisesRegex(ScenarioError, "workloads"):
            self.make(BALANCING, scenario={"asyncflow": 1, "services": {}})

    def test_options_reach_the_environment(self):
        env = self.make(BALANCING, episodeLength=2, start="empty")
        env.reset(seed=1)
        self.assertFalse(env.step(0)[3])
        _, reward, terminated, truncated, info = env.step(0)
        self.assertEqual((type(reward), terminated, truncated), (float, False, True))
        self.assertIn("summary", info)

    def test_scenarios_are_randomised(self):
        path = "workloads.north.arrivals.poisson.rate"
        ranges = {path: [200, 300], "services.web.cores": {"choices": [1, 2]}}
        env = self.make(BALANCING, start="empty", randomize=ranges)
        drawn = [env.reset(seed=seed)[1]["scenario"] for seed in (1, 2, 1)]
        self.assertEqual(drawn[0], drawn[2])
        self.assertNotEqual(drawn[0], drawn[1])
        self.assertEqual(set(drawn[0]), set(ranges))
        self.assertTrue(200 <= drawn[0][path] <= 300)
        self.assertNotIn("scenario", self.make(BALANCING, start="empty").reset(seed=1)[1])
        with self.assertRaisesRegex(ScenarioError, "makes 5 slots of 6"):
            gymnasium.make(BALANCING, randomize={"services.web.replicas": {"choices": [5]}})

    def test_what_cannot_be_used_is_named(self):
        cases = [
            ({"episodeLenght": 5}, 'unknown option "episodeLenght" .* Did you mean "episodeLength"'),
            ({"episodeLength": 0.5}, "expected an integer of at least 1, got 0.5 "),
            ({"scenario": "pool-nosy"}, 'no scenario "pool-nosy" .* Did you mean "pool-noisy"'),
            ({"scenario": "three-tier", "control": "one", "balancer": "x"}, "balancer"),
        ]
        for options, message in cases:
            with self.subTest(options), self.assertRaisesRegex(ValueError, message):
                gymnasium.make(BALANCING, **options)
        with self.assertRaises(error.UnsupportedMode), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            gymnasium.make(BALANCING, render_mode="human")
        with self.assertRaisesRegex(TypeError, "type object cannot be passed"):
            gymnasium.make(BALANCING, background=object())

    def test_a_wrong_action_is_named_and_the_episode_goes_on(self):
        for name in [BALANCING, SCALING]:
            env = self.make(name, start="empty").unwrapped
            env.reset(seed=5)
            n = env.action_space.n
            for action, message in [(n, f"not in 0 ... {n - 1}"), (-1, "not in 0"), (0.5, "not an integer"), (None, "None")]:
                with self.subTest(name=name, action=action), self.assertRaisesRegex(InvalidActionError, message):
                    env.step(action)
            valid = int(np.flatnonzero(env.action_masks())[0])
            after = env.step(valid)
            env.reset(seed=5)
            expected = env.step(valid)
            np.testing.assert_array_equal(after[0], expected[0])
            self.assertEqual(after[1], expected[1])

    def test_actions_of_boxes_and_dicts_are_arrays_and_what_is_none_is_named(self):
        weights = self.make("asyncflow/LoadBalancingWeights-v0", start="empty").unwrapped
        weights.reset(seed=1)
        self.assertEqual(weights.action_space.shape, (6,))
        for action, message in [
            (np.full(6, 1.5, np.float32), "is not in|from 0 to 1|not in"),
            (np.zeros(5, np.float32), r"shape \(5,\), not \(6,\)"),
            (np.array(["x"] * 6), "not an array of float32"),
        ]:
            with self.subTest(action=action), self.assertRaisesRegex(InvalidActionError, message):
                weights.step(action)
        self.assertLess(weights.step(np.ones(6))[1], 0)
        with self.assertRaisesRegex(TypeError, "has no list of masks"):
            weights.action_masks()

        joint = self.make("asyncflow/JointControl-v0", start="empty").unwrapped
        _, info = joint.reset(seed=1)
        self.assertEqual(set(joint.action_space.spaces), {"admit", "replicas", "weights"})
        np.testing.assert_array_equal(info["action_mask"]["replicas"], info["actionMask"]["replicas"])
        stay = {"weights": np.ones(24, np.float32), "replicas": 22, "admit": np.ones(1, np.float32)}
        for part in ({"replicas": 99}, {"admit": np.full(1, np.nan, np.float32)}, {"more": 1}):
            with self.subTest(part=part), self.assertRaises(InvalidActionError):
                joint.step({**stay, **part})
        self.assertLess(joint.step(stay)[1], 0)

    def test_a_masked_action_raises_where_the_environment_is_asked_to(self):
        env = self.make(SCALING, invalidAction="error", start="empty").unwrapped
        env.reset(seed=1)
        masked = int(np.flatnonzero(~env.action_masks())[0])
        with self.assertRaisesRegex(ValueError, "mask is 1"):
            env.step(masked)
        env.step(int(np.flatnonzero(env.action_masks())[0]))

    def test_the_order_of_calls_is_kept(self):
        env = self.make(BALANCING, episodeLength=1).unwrapped
        with self.assertRaisesRegex(error.ResetNeeded, "before reset"):
            env.step(0)
        with self.assertRaises(error.ResetNeeded):
            env.action_masks()
        env.reset(seed=1)
        env.step(0)
        with self.assertRaisesRegex(error.ResetNeeded, "after the end of the episode"):
            env.step(0)
        env.reset()
        env.step(0)

    def test_closing_twice_does_no_harm_and_a_closed_environment_says_so(self):
        env = self.make(BALANCING)
        env.reset(seed=1)
        env.close()
        env.close()
        with self.assertRaisesRegex(error.ClosedEnvironmentError, "Make another one"):
            env.step(0)

    def test_the_mask_is_in_the_info_under_both_names_and_a_method(self):
        env = self.make(SCALING, start="empty")
        _, info = env.reset(seed=1)
        np.testing.assert_array_equal(info["action_mask"], info["actionMask"])
        self.assertEqual(info["action_mask"].dtype, np.int8)
        masks = env.unwrapped.action_masks()
        self.assertEqual((masks.dtype, masks.shape), (np.bool_, (env.action_space.n,)))
        np.testing.assert_array_equal(masks, info["action_mask"] == 1)
        self.assertTrue(masks[env.action_space.sample(info["action_mask"])])

    def test_numbers_in_the_info_are_floats_whatever_they_are(self):
        _, info = self.make(SCALING, start="empty").reset(seed=1)
        self.assertEqual([type(info[key]) for key in ("time", "elapsed", "rewardUnit")], [float] * 3)
        self.assertIsInstance(info["invalidAction"], bool)
        self.assertIsInstance(info["traceId"], str)
        self.assertEqual({type(value) for value in info["terms"].values()}, {float})

    def test_a_seed_gives_its_episodes_and_the_first_reset_without_one_draws_one(self):
        env = self.make(BALANCING)
        roots = [env.reset(seed=9)[1]["traceId"], env.reset()[1]["traceId"], env.reset(seed=9)[1]["traceId"]]
        self.assertEqual([root.split(":")[1] for root in roots], ["9/0", "9/1", "9/0"])
        drawn = {self.make(BALANCING).reset()[1]["traceId"] for _ in range(4)}
        self.assertEqual(len(drawn), 4)
        with self.assertRaisesRegex(ValueError, "too large"):
            env.reset(seed=2**53)

    def test_a_limit_of_steps_is_the_one_that_make_is_given(self):
        env = self.make(BALANCING, max_episode_steps=3)
        env.reset(seed=1)
        self.assertEqual([env.step(0)[3] for _ in range(3)], [False, False, True])

    def test_an_observation_is_not_written_over_by_the_next(self):
        env = self.make(BALANCING)
        first, _ = env.reset(seed=1)
        kept = first.copy()
        second = env.step(0)[0]
        np.testing.assert_array_equal(first, kept)
        self.assertTrue(second.flags.writeable and second.flags.owndata)
