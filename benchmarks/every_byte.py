"""Change every byte of a ledger of 200 entries and of its index, one at a time: is each found, and named?

    python -m benchmarks.every_byte [--part 1/4]

The ledger is the demo's three years, a notice, an erasure, a decision and publications; the index is the one that
questions are answered from, its blocks as small as DuckDB has them. Of each byte one bit is changed, in the file
itself, which is then looked at by what the commands look at it with; `tests/audit/changed_bytes.py` says by what, and
what of it has to be named. What is computed of the lines of entries that did not change is kept meanwhile. Takes some
eleven minutes; with `--part` only that part of the bytes of each file, of a ledger with keys of its own. Ends with 1
where a byte was not found.
"""

import argparse
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.killed_runs import part_of
from tests.audit.changed_bytes import Watched, small_index, two_hundred, unwatched, watched
from tests.audit.conftest import demo_world
from tests.ledger.flips import flipped_file, keep_what_is_seen

_SHOWN = 10  # of the bytes of a file that were not found


def not_found(one: Watched, part: int, parts: int) -> tuple[int, list[int]]:
    """How many bytes of a file were changed, and the places of those that nothing told of."""
    places = range(part - 1, one.path.stat().st_size, parts)
    changes = ((place, 1 << place % 8) for place in places)
    return len(places), [place for place, _ in flipped_file(one.path, changes) if not one.is_found(place)]


def main() -> None:
    """Make the ledger and its index, change their bytes, print what was found of each file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", type=part_of, default="1/1")
    part, parts = parser.parse_args().part
    with tempfile.TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        world = demo_world(Path(place) / "demo")
        ledger = two_hundred(world.ledger, Path(place) / "ledger")
        files = small_index(replace(world.settings, build=Path(place) / "build"), ledger)
        assert unwatched(ledger, files) == set()
        keep_what_is_seen(patch)
        changed, missed, began = 0, 0, time.perf_counter()
        for one in watched(ledger, files):
            count, places = not_found(one, part, parts)
            changed, missed = changed + count, missed + len(places)
            told = f", not found: {len(places)}, as bytes {places[:_SHOWN]}" if places else ""
            print(f"{count:>8} bytes of {one.path.relative_to(place)}{told}", flush=True)
    seconds = time.perf_counter() - began
    print(f"{changed - missed} of {changed} changed bytes found and named, part {part}/{parts}, {seconds:.0f} s")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
