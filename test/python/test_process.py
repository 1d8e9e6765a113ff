import gc
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
import unittest
from unittest import mock

import gymnasium
import numpy as np
from asyncflow_gym import BridgeError
from support import is_running

BALANCING = "asyncflow/LoadBalancing-v0"
POSIX = os.name == "posix"


def start(program):
    """A Python of its own; it prints the number of its Node process first."""
    head = f"""
    import os, signal, sys, time
    import asyncflow_gym, gymnasium
    env = gymnasium.make({BALANCING!r})
    env.reset(seed=1)
    print(env.unwrapped._bridge.pid, flush=True)
    """
    code = textwrap.dedent(head) + textwrap.dedent(program)
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@unittest.skipUnless(os.path.isdir("/proc"), "looks at /proc")
class ProcessTest(unittest.TestCase):
    def assert_ends(self, pid):
        limit = time.monotonic() + 20
        while is_running(pid):
            self.assertLess(time.monotonic(), limit, "the Node process is still there")
            time.sleep(0.02)

    def assert_leaves_nothing(self, program, expected_code, stderr=""):
        with start(program) as process:
            pid = int(process.stdout.readline())
            _, printed = process.communicate(timeout=60)
        self.assertRegex(printed, f"(?s)^{stderr}$")
        self.assertEqual(process.returncode, expected_code)
        self.assert_ends(pid)

    def test_environments_share_a_process_that_ends_with_the_last_of_them(self):
        envs = [gymnasium.make(BALANCING) for _ in range(3)]
        (pid,) = {env.unwrapped._bridge.pid for env in envs}
        for env in envs[:2]:
            env.close()
        self.assertTrue(is_running(pid))
        envs[2].reset(seed=1)
        envs[2].close()
        self.assert_ends(pid)

    def test_an_environment_that_is_collected_ends_it_too(self):
        env = gymnasium.make(BALANCING)
        pid = env.unwrapped._bridge.pid
        env.circle = env
        del env
        gc.collect()
        self.assert_ends(pid)

    def test_environments_that_are_collected_are_closed_on_the_other_side(self):
        env = gymnasium.make(BALANCING).unwrapped
        self.addCleanup(env.close)
        handle = gymnasium.make(BALANCING).unwrapped._handle
        gc.collect()
        with self.assertRaisesRegex(Exception, "it is closed"):
            env._bridge.request("reset", handle, 1, None)

    def test_a_collection_within_a_step_waits_for_its_end(self):
        env = gymnasium.make(BALANCING)
        self.addCleanup(env.close)
        env.reset(seed=1)
        bridge = env.unwrapped._bridge
        other = gymnasium.make(BALANCING)
        with bridge._lock:
            other.close()
        self.assertEqual(len(bridge._released), 1)
        env.step(0)
        self.assertEqual(len(bridge._released), 0)

    def test_threads_take_turns(self):
        envs = [gymnasium.make(BALANCING) for _ in range(4)]
        expected = [env.reset(seed=i)[0] for i, env in enumerate(envs)]
        found = [[] for _ in envs]

        def play(i):
            for _ in range(50):
                found[i].append(envs[i].reset(seed=i)[0])

        threads = [threading.Thread(target=play, args=(i,)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for i, env in enumerate(envs):
            env.close()
            self.assertEqual(len(found[i]), 50)
            for observation in found[i]:
                np.testing.assert_array_equal(observation, expected[i])

    def test_nothing_is_left_when_python_ends_without_closing(self):
        self.assert_leaves_nothing("sys.exit(3)", 3)

    def test_nothing_is_left_when_python_fails(self):
        self.assert_leaves_nothing("raise RuntimeError('oh')", 1, ".*RuntimeError: oh\n")

    def test_nothing_is_left_when_python_is_killed(self):
        self.assert_leaves_nothing("os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL)

    def test_nothing_is_left_when_python_is_killed_in_the_middle_of_its_steps(self):
        program = """
        import threading
        threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGKILL)).start()
        while True:
            if env.step(0)[3]: env.reset()
        """
        self.assert_leaves_nothing(program, -signal.SIGKILL)

    def test_the_death_of_node_is_an_exception(self):
        env = gymnasium.make(BALANCING)
        env.reset(seed=1)
        os.kill(env.unwrapped._bridge.pid, signal.SIGKILL)
        with self.assertRaisesRegex(BridgeError, r"ended unexpectedly \(exit code -9\)"):
            for _ in range(3):
                env.step(0)
        env.close()
        env.close()

    @unittest.skipUnless(hasattr(os, "fork"), "needs fork")
    def test_a_fork_neither_disturbs_nor_keeps_the_process_of_its_parent(self):
        program = """
        child = os.fork()
        if child == 0:
            try:
                env.step(0)
            except asyncflow_gym.BridgeError as failure:
                assert "before this process was forked" in str(failure), failure
            mine = gymnasium.make("asyncflow/LoadBalancing-v0")
            mine.reset(seed=1)
            assert mine.unwrapped._bridge.pid != pid
            mine.close()
            time.sleep(0.5)
            sys.exit(4)
        env.step(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 4
        env.step(0)
        """
        program = "pid = env.unwrapped._bridge.pid\n" + textwrap.dedent(program)
        self.assert_leaves_nothing(program, 0)

    @unittest.skipUnless(POSIX, "needs signals")
    def test_ctrl_c_in_a_step_leaves_the_environment_usable(self):
        program = """
        import threading
        from support import ACTION, composite_bridge, make_composite
        with composite_bridge():
            slow = make_composite()
            slow.reset(options={"fail": "slow"})
            threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
            try:
                slow.step(ACTION)
                sys.exit("it was not interrupted")
            except KeyboardInterrupt:
                pass
            observation, info = slow.reset()
            assert "options" in info, info
            assert slow.step(ACTION)[1] == 0.5
            slow.close()
        """
        self.assert_leaves_nothing(program, 0)

    def test_an_exception_at_any_place_of_an_exchange_leaves_the_environment_usable(self):
        env = gymnasium.make(BALANCING)
        other = gymnasium.make(BALANCING)
        self.addCleanup(env.close)
        self.addCleanup(other.close)
        bridge = env.unwrapped._bridge
        first, _ = env.reset(seed=1)
        other.reset(seed=2)

        def interrupt_after(call):
            def interrupted(*arguments):
                call(*arguments)
                raise KeyboardInterrupt

            return interrupted

        def interrupt(*_):
            raise TimeoutError("of a handler of signals")

        for name, replacement, expected in [
            ("_send", interrupt_after(bridge._send), KeyboardInterrupt),
            ("_send", interrupt, TimeoutError),
            ("_read", interrupt_after(bridge._read), KeyboardInterrupt),
            ("_read", interrupt, TimeoutError),
            ("_receive", interrupt_after(bridge._receive), KeyboardInterrupt),
        ]:
            with self.subTest(name=name, expected=expected):
                with mock.patch.object(bridge, name, replacement), self.assertRaises(expected):
                    env.step(0)
                # An answer of the step before would be of a reset's form or of other numbers.
                self.assertEqual(len(other.step(0)), 5)
                again, info = env.reset(seed=1)
                self.assertTrue((again == first).all())
                self.assertGreater(env.step(0)[4]["time"], info["time"])

    def test_gymnasiums_own_vector_of_processes_works(self):
        program = """
        import numpy as np
        envs = gymnasium.vector.AsyncVectorEnv([lambda: gymnasium.make("asyncflow/LoadBalancing-v0")] * 2)
        first, _ = envs.reset(seed=1)
        assert (first[0] == env.reset(seed=1)[0]).all()
        envs.step(np.zeros(2, np.int64))
        envs.close()
        """
        self.assert_leaves_nothing(program, 0)
