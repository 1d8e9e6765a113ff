"""The Node process that runs the simulator, and the exchange of messages with it.

All environments of a Python process share one Node process. It starts with the first of them and ends with the last,
or with Python, however Python ends: then its standard input is at its end.
"""

from __future__ import annotations

import os
import secrets
import select
import subprocess
import tempfile
import threading
import weakref
from collections import deque
from typing import IO, Any

from .errors import BridgeError, from_node
from .node import PROGRAM, find_node
from .wire import pack, unpack

_CHUNK = 1 << 16
# Bytes that a pipe takes all or none of (POSIX).
_ATOMIC = getattr(select, "PIPE_BUF", 512)
_STDERR_TAIL = 4000
# A Node process ends as soon as its input does; this long only where the machine is very busy.
_STOP_SECONDS = 10


class Bridge:
    """One Node process. Not to be made directly: ``shared_bridge()`` gives the one of this Python process."""

    def __init__(self) -> None:
        node = find_node()
        self._stderr: IO[bytes] = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            [node, str(PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            bufsize=0,
            # Else Ctrl-C would end it as well, and with it the environments of a notebook.
            start_new_session=os.name == "posix",
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._input = self._process.stdin.fileno()
        self._output = self._process.stdout.fileno()
        self._lock = threading.Lock()
        # Whether an exception cut the last request off: then nobody knows which bytes are still to come.
        self._cut_off = False
        self._released: deque[int] = deque()
        self._failure: str | None = None
        self._finalizer = weakref.finalize(self, _stop, self._process, self._stderr)

    @property
    def pid(self) -> int:
        """Of the Node process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it can answer: not after a failure, nor when Python is about to end."""
        return self._failure is None and self._finalizer.alive

    def request(self, *message: Any) -> list[Any]:
        """Sends a request and gives its results.

        Raises:
            BridgeError: when the Node process has ended.
        """
        frame = pack(message)
        with self._lock:
            self._close_released()
            answer = self._exchange(frame)
        if answer[0]:
            return answer[1:]
        raise from_node(answer[1], answer[2])

    def release(self, handle: int) -> None:
        """Closes an environment, now or, when a request is under way (a garbage collection within it), later."""
        self._released.append(handle)
        if self.alive and self._lock.acquire(blocking=False):
            try:
                self._close_released()
            except BridgeError:
                pass  # It ended; so did the environment.
            finally:
                self._lock.release()

    def abandon(self) -> None:
        """In a child after a fork: the process belongs to the parent."""
        self._finalizer.detach()
        self._failure = "the environment was made before this process was forked. Make it in this process."
        self._process.returncode = 0  # Nothing that this process could wait for.
        for stream in (self._process.stdin, self._process.stdout, self._stderr):
            if stream is not None:
                stream.close()

    def _close_released(self) -> None:
        while self._released:
            self._exchange(pack(("close", self._released.popleft())))

    def _exchange(self, frame: bytes) -> list[Any]:
        if self._failure is not None:
            raise BridgeError(self._failure)
        try:
            if self._cut_off:
                self._resume()
            # An exception of a signal's handler may come between any two instructions from here on.
            self._cut_off = True
            self._send(frame)
            answer = self._receive()
            self._cut_off = False
        except (BrokenPipeError, ConnectionResetError) as failure:
            raise self._died() from failure
        return answer

    def _resume(self) -> None:
        """Reads away what is left of requests that were cut off, up to an answer that nothing else can be."""
        token = secrets.token_hex(16)
        self._send(pack(("echo", token)))
        end = token.encode()
        received = b""
        while not received.endswith(end):
            received = received[-len(end) :] + self._read()

    def _send(self, frame: bytes) -> None:
        data = len(frame).to_bytes(4, "little") + frame
        if len(data) <= _ATOMIC:
            os.write(self._input, data)
            return
        try:
            written = 0
            while written < len(data):
                written += os.write(self._input, memoryview(data)[written:])
        except BaseException:
            # Half a message: nothing that follows would be understood.
            self._failure = "a request to the simulator was cut off. Make the environment again."
            self._process.kill()
            raise

    def _receive(self) -> list[Any]:
        # One answer at a time is under way, so this is all of it.
        received = bytearray()
        while len(received) < 4 or len(received) < 4 + int.from_bytes(received[:4], "little"):
            received += self._read()
        return unpack(received, 4)

    def _read(self) -> bytes:
        chunk = os.read(self._output, _CHUNK)
        if not chunk:
            raise self._died()
        return chunk

    def _died(self) -> BridgeError:
        try:
            code: int | None = self._process.wait(timeout=_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = None
        self._failure = f"the simulator's process ended unexpectedly (exit code {code}).{self._last_words()}"
        return BridgeError(self._failure)

    def _last_words(self) -> str:
        self._stderr.seek(0, os.SEEK_END)
        self._stderr.seek(max(0, self._stderr.tell() - _STDERR_TAIL))
        words = self._stderr.read().decode(errors="replace").strip()
        return f" It wrote:\n{words}" if words else ""


def _stop(process: subprocess.Popen[bytes], stderr: IO[bytes]) -> None:
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()
    try:
        process.wait(timeout=_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    stderr.close()


_starting = threading.Lock()
_shared: weakref.ref[Bridge] | None = None


def shared_bridge() -> Bridge:
    """The running bridge of this process, or a new one. It runs for as long as somebody holds it."""
    global _shared
    with _starting:
        bridge = _shared() if _shared is not None else None
        if bridge is None or not bridge.alive:
            bridge = Bridge()
            _shared = weakref.ref(bridge)
        return bridge


def _after_fork() -> None:
    global _shared, _starting
    _starting = threading.Lock()
    bridge = _shared() if _shared is not None else None
    if bridge is not None:
        bridge.abandon()
    _shared = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
