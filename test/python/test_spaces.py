import unittest

import numpy as np
from asyncflow_gym import InvalidActionError
from asyncflow_gym.spaces import space_from_json, value_from_wire, value_to_wire
from gymnasium import spaces


def box(**fields):
    return {"type": "Box", "low": 0, "high": 1, "shape": [2], "dtype": "float32", **fields}


class SpacesTest(unittest.TestCase):
    def test_every_space_becomes_the_one_of_gymnasium(self):
        pairs = [
            (box(), spaces.Box(0, 1, (2,), np.float32)),
            (box(low="-inf", high=["inf", 2]), spaces.Box(-np.inf, np.array([np.inf, 2], np.float32), (2,), np.float32)),
            (box(shape=[2, 3], dtype="float64"), spaces.Box(0, 1, (2, 3), np.float64)),
            (box(high=255, dtype="uint8"), spaces.Box(0, 255, (2,), np.uint8)),
            ({"type": "Discrete", "n": 4, "start": -1}, spaces.Discrete(4, start=-1)),
            (
                {"type": "MultiDiscrete", "nvec": [2, 3], "start": [0, 5], "shape": [2]},
                spaces.MultiDiscrete(np.array([2, 3]), np.int32, start=np.array([0, 5])),
            ),
            ({"type": "MultiBinary", "shape": [3]}, spaces.MultiBinary(3)),
            ({"type": "MultiBinary", "shape": [3, 2]}, spaces.MultiBinary([3, 2])),
            (
                {"type": "Dict", "spaces": {"a": box(), "b": {"type": "Discrete", "n": 2, "start": 0}}},
                spaces.Dict({"a": spaces.Box(0, 1, (2,), np.float32), "b": spaces.Discrete(2)}),
            ),
            ({"type": "Tuple", "spaces": [box()]}, spaces.Tuple([spaces.Box(0, 1, (2,), np.float32)])),
        ]
        for json, expected in pairs:
            with self.subTest(json=json):
                self.assertEqual(space_from_json(json), expected)
                self.assertEqual(space_from_json(json).dtype, expected.dtype)

    def test_values_of_the_wire_are_in_their_space(self):
        space = spaces.Dict(
            {
                "grid": spaces.Box(0, 9, (2, 2), np.float32),
                "pair": spaces.Tuple([spaces.Discrete(5), spaces.MultiBinary(2)]),
            }
        )
        wire = {"grid": np.arange(4, dtype=np.float32), "pair": [3.0, np.array([0, 1], np.int8)]}
        self.assertIn(value_from_wire(space, wire), space)

    def test_actions_are_taken_from_lists_and_other_types_of_number(self):
        self.assertEqual(value_to_wire(spaces.Discrete(3), np.int64(2)), 2)
        self.assertEqual(value_to_wire(spaces.Discrete(3), np.array(2)), 2)
        unit = spaces.Box(0, 1, (2,), np.float32)
        self.assertEqual(value_to_wire(unit, [0, 1]).dtype, np.float32)
        self.assertEqual(value_to_wire(unit, np.array([0.5, 1])).dtype, np.float32)
        self.assertEqual(value_to_wire(spaces.MultiDiscrete([3, 3]), [1, 2]).dtype, np.int32)

    def test_actions_of_another_type_or_shape_are_refused_by_name(self):
        unit = spaces.Box(0, 1, (2,), np.float32)
        cases = [
            (spaces.Discrete(3), 1.0, "the action is 1.0, not an integer"),
            (spaces.Discrete(3), None, "the action is None, not an integer"),
            (spaces.Discrete(3), np.array([1, 2]), "not an integer"),
            (unit, [0.0], r"the action has the shape \(1,\), not \(2,\)"),
            (unit, "ab", "the action is 'ab', not an array of float32"),
            (unit, [[0], [0, 1]], "not an array of float32"),
            (spaces.MultiDiscrete([3, 3]), [1.5, 1], "not an array of int64"),
            (spaces.MultiDiscrete([3, 3]), [2**40, 1], "out of the range of int64"),
            (spaces.Dict({"a": unit}), {"b": 1}, "Give a dict of a"),
            (spaces.Dict({"a": unit}), {"a": [1]}, r"the action\['a'\] has the shape"),
            (spaces.Tuple([unit]), [], "Give a tuple of 1"),
            (spaces.Tuple([unit]), [[1]], r"the action\[0\] has the shape"),
        ]
        for space, action, message in cases:
            with self.subTest(action=action), self.assertRaisesRegex(InvalidActionError, message):
                value_to_wire(space, action)
