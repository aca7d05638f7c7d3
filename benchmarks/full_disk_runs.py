"""Let the disk run out under the main job at eight places: does a reader ever see half a publication?

    python -m benchmarks.full_disk_runs

Works on a copy of the demo on a small disk in memory, which takes the right to mount one; some three minutes.
`tests/full_disk_runs.py` says what is held against what.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.demo import ROOT, copy_project, run_demo


def main() -> None:
    """Make the demo on a disk of its own, fill that at one place after another, print what was seen."""
    with tempfile.TemporaryDirectory() as place:
        mounting = ["mount", "-t", "tmpfs", "-o", "size=200m", "tmpfs", place]
        if subprocess.run(mounting, check=False).returncode:
            sys.exit("a small disk cannot be mounted here; run it as an account that may")
        try:
            folder = copy_project(Path(place) / "demo")
            ran = run_demo(folder)
            if ran.returncode:
                sys.exit(ran.stderr)
            words = [sys.executable, "-m", "tests.full_disk_runs", str(folder), str(Path(place) / "ballast")]
            code = subprocess.run(words, cwd=ROOT, check=False).returncode
        finally:
            subprocess.run(["umount", "--lazy", place], check=True)
        sys.exit(code)


if __name__ == "__main__":
    main()
