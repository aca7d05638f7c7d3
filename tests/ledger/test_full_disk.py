"""The disk is full, or may not be written to: a clear word, nothing acknowledged is lost, and then work goes on."""

from __future__ import annotations

import errno
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kpiledger.errors import BrokenWorld
from kpiledger.ledger import durable
from kpiledger.ledger.store import Ledger, read_entries, writing
from kpiledger.verifying import verify
from tests.ledger.ledgers import FILES, add, filled, published, seconds

TABLES = [f"kpi.fct_{number}" for number in range(20)]  # entries of some 2 kB, so that a small disk is full soon
CANNOT = r"the ledger .* cannot be written: .*{}.*\n.*free the disk or mend the rights, then run again"


def mount(*words: str) -> None:
    done = subprocess.run(["mount", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"mounting is not allowed here: {done.stderr.strip()}")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a quarter of a megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount("-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder))
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def append_until_refused(ledger: Ledger, said: str) -> list[str]:
    """The keys of what was acknowledged."""
    acknowledged = [entry.key for entry in read_entries(ledger)]

    def append_all() -> None:
        with writing(ledger, seconds()) as writer:
            for number in range(10_000):
                (entry,) = writer.append([published(number, *TABLES)])
                acknowledged.append(entry.key)

    with pytest.raises(BrokenWorld, match=CANNOT.format(said)):
        append_all()
    return acknowledged


def test_a_full_disk_loses_nothing_that_was_acknowledged(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * 100_000)
    ledger = filled(small_disk / "ledger", [[published(100)]])
    acknowledged = append_until_refused(ledger, "No space left on device")
    assert [entry.key for entry in read_entries(ledger)] == acknowledged
    assert len(acknowledged) > 5
    with pytest.raises(BrokenWorld, match="No space left on device"):  # nor does another writer get through
        add(ledger, published(200, *TABLES))
    ballast.unlink()
    add(ledger, published(300, *TABLES))
    assert [entry.key for entry in read_entries(ledger)] == [*acknowledged, "run-300"]
    assert verify(ledger).holds


def test_a_disk_mounted_read_only_can_be_read_and_says_so_to_a_writer(small_disk: Path) -> None:
    ledger = filled(small_disk / "ledger", [[published(1)], [published(2)]])
    mount("-o", "remount,ro", str(small_disk))
    assert verify(ledger).holds
    with pytest.raises(BrokenWorld, match=r"cannot be opened: Read-only file system\n.*may write to it"):
        add(ledger, published(3))
    with pytest.raises(BrokenWorld, match=r"cannot be written: .*Read-only file system"):
        add(Ledger(small_disk / "new"), published(3))
    mount("-o", "remount,rw", str(small_disk))
    add(ledger, published(4))
    assert [entry.key for entry in read_entries(ledger)] == ["run-1", "run-2", "run-4"]


@contextmanager
def no_file_longer_than(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_file_that_may_not_grow_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    ledger = filled(tmp_path / "ledger", [[published(100)]])
    with no_file_longer_than(20_000):
        acknowledged = append_until_refused(ledger, "File too large")
    assert not ledger.storage.everything().entries.endswith(b"\n")  # the last line is torn
    assert [entry.key for entry in read_entries(ledger)] == acknowledged
    add(ledger, published(300))
    assert verify(ledger).holds


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("is_written", [0.0, 0.5, 1.0])
def test_whichever_file_is_refused_half_way_a_batch_is_there_or_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, is_written: float
) -> None:
    ledger = filled(tmp_path / "ledger", [[published(1)], [published(2)]])
    write = durable._write

    def refusing(handle: int, content: bytes, is_durable: bool = True) -> None:
        if Path(f"/proc/self/fd/{handle}").readlink().name.removesuffix(".new") != name:
            write(handle, content, is_durable)
            return
        write(handle, content[: int(len(content) * is_written)], is_durable)
        raise OSError(errno.EIO, "Input/output error")

    with writing(ledger, seconds()) as writer:
        monkeypatch.setattr(durable, "_write", refusing)
        said = None
        try:
            writer.append([published(3), published(4)])
        except BrokenWorld as problem:
            said = problem.message
        monkeypatch.undo()
    # The copy in `checkpoints` comes after the batch was acknowledged, and is made good by the next writer.
    assert (said is None) == (name == "checkpoints")
    expected = ["run-1", "run-2", *(["run-3", "run-4"] if said is None else [])]
    assert [entry.key for entry in read_entries(ledger)] == expected
    add(ledger, published(5))
    assert [entry.key for entry in read_entries(ledger)] == [*expected, "run-5"]
    assert verify(ledger).holds
