"""What does a piece of work cost? CPU seconds, wall seconds and peak memory, each time in a process of its own."""

from __future__ import annotations

import multiprocessing
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_MIB = 1024  # ru_maxrss counts in KiB on Linux


@dataclass(frozen=True)
class Cost:
    """What a piece of work took, and what it gave; `parts` are the CPU seconds of its named steps."""

    cpu: float
    wall: float
    peak_mib: float
    answer: Any
    parts: dict[str, float]


@dataclass(frozen=True)
class ProcessCost:
    """What a command took."""

    cpu: float
    peak_mib: float


def process_cost(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> ProcessCost:
    """The cost of a command in a folder, with all that it starts; a command that fails ends the benchmark."""
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=said, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            sys.exit(f"{' '.join(command[:3])} ended with {process.returncode}:\n{said.read()}")
    return ProcessCost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / _MIB)


class Clock:
    """Counts what runs within `with clock:`, and by name what runs within `with clock.part(...)`."""

    def __init__(self) -> None:
        self.cpu = self.wall = 0.0
        self.parts: dict[str, float] = {}
        self._name = ""

    def part(self, name: str) -> Clock:
        self._name = name
        return self

    def __enter__(self) -> None:
        self._begun = time.process_time(), time.perf_counter()

    def __exit__(self, *problem: object) -> None:
        cpu = time.process_time() - self._begun[0]
        self.cpu, self.wall = self.cpu + cpu, self.wall + time.perf_counter() - self._begun[1]
        if self._name:
            self.parts[self._name] = self.parts.get(self._name, 0.0) + cpu
            self._name = ""


def cost_of(work: Callable[..., Any], *given: Any, rounds: int = 1) -> Cost:
    """The cost of `work(clock, *given)` in a fresh process; of several rounds the one with the median CPU."""
    costs = [_once(work, given) for _ in range(rounds)]
    return sorted(costs, key=lambda cost: abs(cost.cpu - statistics.median(one.cpu for one in costs)))[0]


def _once(work: Callable[..., Any], given: tuple[Any, ...]) -> Cost:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        return process.submit(_counted, work, given).result()


def _counted(work: Callable[..., Any], given: tuple[Any, ...]) -> Cost:
    clock = Clock()
    answer = work(clock, *given)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MIB
    return Cost(clock.cpu, clock.wall, peak, answer, clock.parts)


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Rows under their heads as a Markdown table; figures with two places."""
    text = [[f"{cell:,.2f}" if isinstance(cell, float) else str(cell) for cell in row] for row in rows]
    lines = [list(head), ["---"] * len(head), *text]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
