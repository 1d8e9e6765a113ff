"""A scenario file of AsyncFlow run by AsyncFlow, over a horizon of its own."""

import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import simpy
import yaml
from asyncflow import SimulationRunner
from protocol import serve

file, horizon = sys.argv[1], int(sys.argv[2])
scenario = yaml.safe_load(Path(file).read_text())
scenario["sim_settings"]["total_simulation_time"] = horizon


def run() -> int:
    runner = SimulationRunner.from_yaml(env=simpy.Environment(), yaml_path=path)
    analyzer = runner.run()
    return int(analyzer.get_latency_stats()["total_requests"])


with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "scenario.yml"
    path.write_text(yaml.safe_dump(scenario))
    serve(f"AsyncFlow {version('asyncflow-sim')}", run)
