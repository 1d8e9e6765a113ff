import os
import stat
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import gymnasium
from asyncflow_gym import NodeNotFoundError
from asyncflow_gym.node import find_node


class NodeTest(unittest.TestCase):
    def pretend(self, printed):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        node = Path(folder.name, "node")
        node.write_text(f"#!/bin/sh\necho {printed}\n")
        node.chmod(node.stat().st_mode | stat.S_IXUSR)
        return str(node)

    def test_a_missing_node_is_a_clear_error(self):
        with mock.patch.dict(os.environ, {"ASYNCFLOW_NODE": "no-such-node"}):
            with self.assertRaisesRegex(NodeNotFoundError, "needs Node.js 20.19 or newer, and there is no 'no-such-node'"):
                gymnasium.make("asyncflow/LoadBalancing-v0")

    def test_a_node_that_is_too_old_is_a_clear_error(self):
        for version in ["v18.20.4", "v20.18.9", "nonsense"]:
            node = self.pretend(version)
            with self.subTest(version), mock.patch.dict(os.environ, {"ASYNCFLOW_NODE": node}):
                with self.assertRaisesRegex(NodeNotFoundError, f"20.19 or newer, and {node} is {version}"):
                    gymnasium.make("asyncflow/LoadBalancing-v0")

    def test_newer_ones_are_taken(self):
        for version in ["v20.19.0", "v22.0.0", "v101.1.1"]:
            node = self.pretend(version)
            with self.subTest(version), mock.patch.dict(os.environ, {"ASYNCFLOW_NODE": node}):
                self.assertEqual(find_node(), node)

    def test_a_package_without_its_program_says_how_to_get_it(self):
        code = (
            "import pathlib; exists = pathlib.Path.read_text\n"
            "def read(self, **kwargs):\n"
            "    raise FileNotFoundError\n"
            "pathlib.Path.read_text = read\n"
            "import asyncflow_gym\n"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        self.assertIn("ImportError: asyncflow_gym lacks its Node program", done.stderr)
        self.assertIn("npm run build", done.stderr)
