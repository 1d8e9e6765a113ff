import math
import unittest

import numpy as np
from asyncflow_gym.wire import DTYPES, pack, unpack


class WireTest(unittest.TestCase):
    def test_values_come_back_as_they_were(self):
        values = [None, True, False, "", "a", "é" * 40, "x" * 31, "x" * 32, [], [1, [2.5]], {"a": {"b": None}}]
        for value in values:
            with self.subTest(value=value):
                self.assertEqual(unpack(pack(value)), value)

    def test_numbers_come_back_exactly(self):
        for value in [0, 127, 128, -1, 2**31, 2**53 - 1, -(2**53 - 1), 0.1, -0.0, math.inf, -math.inf, 5e-324]:
            with self.subTest(value=value):
                back = unpack(pack(value))
                self.assertEqual(back, value)
                self.assertEqual(math.copysign(1, back), math.copysign(1, value))
        self.assertTrue(math.isnan(unpack(pack(math.nan))))
        self.assertEqual(unpack(pack([np.int64(300), np.float32(0.5), np.bool_(True)])), [300, 0.5, True])

    def test_arrays_keep_dtype_shape_and_bits(self):
        for dtype in DTYPES:
            for shape in [(), (0,), (3,), (2, 3), (2, 0, 4)]:
                with self.subTest(dtype=dtype, shape=shape):
                    array = np.arange(math.prod(shape)).astype(dtype).reshape(shape)
                    back = unpack(pack({"x": array}))["x"]
                    self.assertEqual((back.dtype, back.shape), (array.dtype, array.shape))
                    self.assertEqual(back.tobytes(), array.tobytes())
                    self.assertTrue(back.flags.writeable and back.flags.aligned)

    def test_arrays_of_other_layouts_are_written_in_order(self):
        array = np.arange(12, dtype=np.float32).reshape(3, 4)
        for other in [array.T, array[:, ::2], array.astype(">f4")]:
            with self.subTest(other=other):
                np.testing.assert_array_equal(unpack(pack(other)), other)

    def test_what_has_no_counterpart_is_refused(self):
        with self.assertRaisesRegex(ValueError, "9007199254740992 is too large"):
            pack(2**53)
        with self.assertRaisesRegex(TypeError, "type object cannot be passed"):
            pack([object()])
        with self.assertRaisesRegex(TypeError, "an array of complex128"):
            pack(np.zeros(2, complex))
        with self.assertRaisesRegex(TypeError, "the key 1 is not a string"):
            pack({1: 2})
        with self.assertRaisesRegex(ValueError, "unexpected byte 0xc1"):
            unpack(b"\xc1")
