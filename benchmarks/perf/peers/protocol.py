"""Answers rounds on stdin with the rates of passes on stdout, as the subjects of the other side do."""

import json
import sys
import time
from typing import Callable


def serve(name: str, run: Callable[[], float]) -> None:
    """`run` does one pass and returns how much work it was. Ends with the input."""
    answer({"name": f"{name}, Python {sys.version_info.major}.{sys.version_info.minor}"})
    for line in sys.stdin:
        seconds = json.loads(line)["seconds"]
        rates = []
        start = time.perf_counter()
        while True:
            before = time.perf_counter()
            work = run()
            rates.append(work / (time.perf_counter() - before))
            if time.perf_counter() - start >= seconds:
                break
        answer({"rates": rates})


def answer(value: object) -> None:
    print(json.dumps(value), flush=True)
