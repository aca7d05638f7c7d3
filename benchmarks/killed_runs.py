"""Kill the main job 200 times at random: does a reader ever see half a publication?

    python -m benchmarks.killed_runs [--kills 200] [--seed 1] [--part 1/4]

Works on a copy of the demo in a temporary folder; a third of the kills fall at a random moment, the others before a
random change of the run's files. Takes some twenty minutes; with `--part` only that part of the kills, each part with
a seed of its own, so that they can be run one after another. The last line sums up: how many runs were killed, in
which steps, and what readers saw. `tests/killed_runs.py` says what is held against what.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.demo import ROOT, copy_project, run_demo


def part_of(text: str) -> tuple[int, int]:
    """Which part of how many, as 1/4."""
    part, _, parts = text.partition("/")
    if not 1 <= int(part) <= int(parts):
        raise ValueError(text)
    return int(part), int(parts)


def main() -> None:
    """Make the demo, kill its runs, print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", type=part_of, default="1/1")
    asked = parser.parse_args()
    part, parts = asked.part
    kills = asked.kills * part // parts - asked.kills * (part - 1) // parts
    seed = asked.seed * 1000 + part - 1 if parts > 1 else asked.seed
    with tempfile.TemporaryDirectory() as place:
        folder = copy_project(Path(place) / "demo")
        ran = run_demo(folder)
        if ran.returncode:
            sys.exit(ran.stderr)
        words = [sys.executable, "-m", "tests.killed_runs", str(folder), str(kills), str(seed)]
        code = subprocess.run(words, cwd=ROOT, check=False).returncode
        print(f"part {part}/{parts} of {asked.kills} kills, seed {seed}", file=sys.stderr)
        sys.exit(code)


if __name__ == "__main__":
    main()
