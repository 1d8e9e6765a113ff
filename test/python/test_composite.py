import unittest

import numpy as np
from asyncflow_gym import BridgeError, InvalidActionError
from support import ACTION, composite_bridge, make_composite, make_composites


class CompositeTest(unittest.TestCase):
    def setUp(self):
        context = composite_bridge()
        context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        self.env = make_composite()
        self.addCleanup(self.env.close)

    def test_observations_of_every_kind_are_in_their_space(self):
        observation, _ = self.env.reset(seed=1)
        self.assertIn(observation, self.env.observation_space)
        self.assertEqual(observation["grid"].shape, (2, 3))
        self.assertEqual(observation["pair"][0], -4)
        self.assertEqual(observation["bytes"].tolist(), [7, 255])

    def test_actions_of_every_kind_arrive_as_they_were_sent(self):
        self.env.reset(seed=1)
        observation, reward, terminated, truncated, info = self.env.step(ACTION)
        self.assertEqual(info["echo"], [0.5, 1.5, 1, 3, 2, 1, 0])
        self.assertEqual((reward, terminated, truncated), (0.5, True, False))
        self.assertEqual(observation["grid"].tolist(), [[1.5, 2.5, 3.5], [4.5, 5.5, 6.5]])
        self.env.reset()
        action = self.env.action_space.sample()
        _, _, _, _, info = self.env.step(action)
        self.assertEqual(info["echo"][2:5], [*action["choices"], action["pair"][0]])

    def test_options_of_reset_and_the_info_are_plain_data(self):
        _, info = self.env.reset(options={"a": [1, {"b": None}], "c": np.float32(0.5)})
        self.assertEqual(info, {"options": {"a": [1, {"b": None}], "c": 0.5}, "nothing": None, "list": [1, "a", [True]]})

    def test_masks_of_several_choices_are_one_after_the_other(self):
        self.env.reset(seed=1)
        self.env.step(ACTION)
        self.assertEqual(self.env.action_masks().tolist(), [True, False, True, False, True])

    def test_a_part_of_an_action_that_is_wrong_is_named(self):
        self.env.reset(seed=1)
        cases = [
            ({**ACTION, "box": [3, 0]}, r"the action.box is out of bounds: \[0\] = 3 not in \[-2, 2\]"),
            ({**ACTION, "box": [np.nan, 0]}, r"\[0\] = NaN not in"),
            ({**ACTION, "choices": [0, 0]}, r"the action.choices is out of bounds"),
            ({**ACTION, "pair": (5, [0, 0])}, r"the action.pair\[0\] is 5, not in -4 ... 4"),
        ]
        for action, message in cases:
            with self.subTest(message), self.assertRaisesRegex(InvalidActionError, message):
                self.env.step(action)
        self.env.step(ACTION)

    def test_a_vector_has_batches_of_every_part(self):
        vector = make_composites(2, autoreset_mode="SameStep")
        self.addCleanup(vector.close)
        observations, infos = vector.reset(seed=1)
        self.assertIn(observations, vector.observation_space)
        self.assertEqual(infos["list"].tolist(), [[1, "a", [True]]] * 2)
        self.assertEqual(infos["nothing"].tolist(), [None, None])
        actions = {
            "box": [[0.5, 1.5], [0, 0]],
            "choices": [[1, 3], [3, 0]],
            "pair": ([2, 0], np.array([[1, 0], [1, 1]], np.int8)),
        }
        observations, rewards, terminations, _, infos = vector.step(actions)
        self.assertEqual(rewards.tolist(), [0.5, 0])
        self.assertTrue(terminations.all())
        last = infos["final_obs"][0]
        self.assertIn(last, vector.single_observation_space)
        self.assertEqual(last["grid"][0, 0], 1.5)
        self.assertEqual(infos["final_info"]["echo"].tolist(), [[0.5, 1.5, 1, 3, 2, 1, 0], [0, 0, 3, 0, 0, 1, 1]])

    def test_a_defect_of_an_environment_is_an_exception_with_its_message_and_the_environment_can_go_on(self):
        self.env.reset(options={"fail": "throw"})
        with self.assertRaisesRegex(BridgeError, "(?s)a defect of the environment.*composite-bridge.mjs"):
            self.env.step(ACTION)
        self.env.reset()
        self.env.step(ACTION)

    def test_the_end_of_the_process_is_an_exception_with_what_it_wrote_last(self):
        self.env.reset(options={"fail": "exit"})
        with self.assertRaisesRegex(BridgeError, r"(?s)ended unexpectedly \(exit code 7\).*last words"):
            self.env.step(ACTION)
        with self.assertRaisesRegex(BridgeError, "last words"):
            self.env.reset()
        self.env.close()
        other = make_composite()
        self.addCleanup(other.close)
        other.reset(seed=1)
        other.step(ACTION)
