"""Kill the main job 200 times at random: does a reader ever see half a publication?

    python -m benchmarks.killed_runs [--kills 200] [--seed 1]

Works on a copy of the demo in a temporary folder; half of the kills fall at a random moment, half before a random
change of the run's files. Takes some twenty minutes; `tests/killed_runs.py` says what is held against what.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.demo import ROOT, copy_project, run_demo


def main() -> None:
    """Make the demo, kill its runs, print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = copy_project(Path(place) / "demo")
        ran = run_demo(folder)
        if ran.returncode:
            sys.exit(ran.stderr)
        words = [sys.executable, "-m", "tests.killed_runs", str(folder), str(asked.kills), str(asked.seed)]
        sys.exit(subprocess.run(words, cwd=ROOT, check=False).returncode)


if __name__ == "__main__":
    main()
