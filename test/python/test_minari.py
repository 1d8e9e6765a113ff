import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import asyncflow_gym.minari
import gymnasium
from asyncflow_gym.minari import convert, read_episodes
from asyncflow_gym.wire import pack, unpack_all


class MinariTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, name, content):
        path = self.folder / name
        path.write_bytes(content)
        return path

    def test_files_that_cannot_be_used_say_why(self):
        header = json.dumps({"schema": 1}).encode()
        cases = [
            ("a.csv", b"", "ends neither with .jsonl nor with .msgpack"),
            ("a.jsonl", b"", "does not begin with the header"),
            ("b.jsonl", b"{}\n", "does not begin with the header"),
            ("c.jsonl", header, "has no episode"),
            ("d.jsonl", header + b"\n{", r"d.jsonl:2 is not JSON"),
            ("e.msgpack", pack({"schema": 1}) + pack({"seed": 3})[:-3], "cut off"),
        ]
        for name, content, message in cases:
            with self.subTest(name), self.assertRaisesRegex(ValueError, message):
                read_episodes(self.write(name, content))

    def test_every_kind_of_msgpack_that_writers_use_is_read(self):
        packed = bytes.fromhex("cc80 cd0100 ce00010000 cf0000000100000000 d0ff d1ff00 d2ffff0000 d3ffffffff00000000".replace(" ", ""))
        self.assertEqual(unpack_all(packed), [128, 256, 65536, 2**32, -1, -256, -65536, -(2**32)])
        packed = bytes.fromhex("ff e0 92c0c3 81a16101 ca3f000000 dc0001 02 de0001a16203 d90161 da00016a".replace(" ", ""))
        self.assertEqual(unpack_all(packed), [-1, -32, [None, True], {"a": 1}, 0.5, [2], {"b": 3}, "a", "j"])

    def test_without_minari_the_error_says_how_to_install_it(self):
        with mock.patch.dict(sys.modules, {"minari": None}):
            with self.assertRaisesRegex(ModuleNotFoundError, r"pip install 'asyncflow-gym\[minari\]'"):
                convert(self.folder / "a.jsonl", self.folder)

    def test_the_command_ends_with_2_and_the_reason(self):
        path = self.write("a.jsonl", b"{}\n")
        command = [sys.executable, "-m", "asyncflow_gym.minari", str(path), "--out", str(self.folder)]
        done = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("does not begin with the header", done.stderr)
        self.assertNotIn("Traceback", done.stderr)

    def test_lines_are_parted_by_line_feeds_alone(self):
        text = '{"schema": 1}\n{"seed": "\u2028\u0085"}\n\n'
        _, episodes = read_episodes(self.write("a.jsonl", text.encode()))
        self.assertEqual(episodes, [{"seed": "\u2028\u0085"}])

    def test_numbers_that_json_has_no_form_for_count_as_numbers(self):
        shapes = asyncflow_gym.minari._shapes({"a": [1, "inf", "-0"], "b": ["x"], "c": "nan", "d": "x"})
        self.assertEqual(shapes, {("a",): (3,), ("c",): ()})

    def test_the_spec_of_a_recording_leaves_the_registered_one_alone(self):
        before = dict(gymnasium.spec("asyncflow/LoadBalancing-v0").kwargs)
        environment = {"id": "LoadBalancing-v0", "kwargs": {"scenario": "heterogeneous"}, "maxEpisodeSteps": 7}
        spec = asyncflow_gym.minari._spec(environment)
        self.assertEqual((spec.kwargs["scenario"], spec.max_episode_steps), ("heterogeneous", 7))
        self.assertEqual(gymnasium.spec("asyncflow/LoadBalancing-v0").kwargs, before)

    def test_a_dataset_is_named_after_its_environment(self):
        self.assertEqual(asyncflow_gym.minari._dataset_id({"id": "Park/LoadBalance-v0"}), "asyncflow/park-loadbalance/recorded-v0")
