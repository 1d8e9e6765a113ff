"""M/M/1 at a load of 0.8 in SimPy: a process per customer that asks for the server and holds it."""

import random
from importlib.metadata import version

import simpy
from protocol import serve

ARRIVAL_RATE = 0.8
SERVICE_RATE = 1.0
HORIZON = 125_000  # about 100 000 customers

seeds = iter(range(1_000_000))


def customer(env: simpy.Environment, server: simpy.Resource, rng: random.Random, latencies: list[float]):
    arrived = env.now
    with server.request() as request:
        yield request
        yield env.timeout(rng.expovariate(SERVICE_RATE))
    latencies.append(env.now - arrived)


def arrivals(env: simpy.Environment, server: simpy.Resource, rng: random.Random, latencies: list[float]):
    while True:
        yield env.timeout(rng.expovariate(ARRIVAL_RATE))
        env.process(customer(env, server, rng, latencies))


def run() -> int:
    rng = random.Random(next(seeds))
    env = simpy.Environment()
    latencies: list[float] = []
    env.process(arrivals(env, simpy.Resource(env, capacity=1), rng, latencies))
    env.run(until=HORIZON)
    mean = sum(latencies) / len(latencies)
    p95 = sorted(latencies)[int(0.95 * len(latencies))]
    assert 0 < mean < p95
    return len(latencies)


serve(f"SimPy {version('simpy')}", run)
