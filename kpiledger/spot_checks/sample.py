"""The rows that were drawn, kept in a file: build/spot_checks/<table>/<period>/<n>/sample.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from kpiledger.errors import BrokenWorld
from kpiledger.spot_checks.contents import keys_hash, part_name, rows_hash
from kpiledger.spot_checks.planning import stratum_text
from kpiledger.spot_checks.queries import Stratum
from kpiledger.spot_checks.standing import SpotCheckStanding

FILE, FILLED_FILE = "sample.json", "filled.csv"


@dataclass(frozen=True, slots=True)
class SampledRow:
    """A row drawn: its key, and its values on the side that it was drawn from."""

    key: str
    values: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class SamplePart:
    """The rows drawn of a part, and the query that draws them again, with the words that say where to run it."""

    stratum: Stratum
    direction: str
    query: str
    where: str
    rows: tuple[SampledRow, ...]

    @property
    def name(self) -> str:
        """The stratum as text."""
        return stratum_text(self.stratum)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys in the order drawn."""
        return tuple(row.key for row in self.rows)

    def rows_hash(self, salt: str) -> str:
        """The hash of the rows with their values, as the ledger has it."""
        return rows_hash(salt, [(row.key, row.values) for row in self.rows])


@dataclass(frozen=True, slots=True)
class Sample:
    """All parts of a spot check, by its name; `columns` are compared.

    `salt` goes into the hash of the rows, empty for a sample of before values were recorded.
    """

    check: str
    columns: tuple[str, ...]
    parts: tuple[SamplePart, ...]
    salt: str = ""


def folder_of(samples: Path, check: str) -> Path:
    """Where the files of a spot check lie, below the folder of all samples."""
    return samples / check


def keep_sample(folder: Path, sample: Sample) -> None:
    """Write the file of a sample."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(asdict(sample), ensure_ascii=False, indent=1)
    (folder / FILE).write_text(f"{text}\n", encoding="utf-8")


def kept_sample(folder: Path, check: SpotCheckStanding) -> Sample:
    """The sample of a spot check; BrokenWorld where its rows are not those that the ledger says were drawn."""
    path = folder / FILE
    if not path.exists():
        raise BrokenWorld(f"the sample of {check.name} is gone: {path}", "restore it, or draw again with --reason")
    read = json.loads(path.read_text(encoding="utf-8"))
    parts = tuple(_part(part) for part in read["parts"])
    if read["columns"] != list(check.content["columns"]):
        message = f"{path} compares other columns than entry {check.plan.seq} plans: {', '.join(read['columns'])}"
        raise BrokenWorld(message, "put the file back as it was written; what is compared is fixed before the draw")
    sample = Sample(read["check"], tuple(read["columns"]), parts, read.get("salt", ""))
    _require_drawn(check, sample)
    return sample


def _require_drawn(check: SpotCheckStanding, sample: Sample) -> None:
    """BrokenWorld unless these are the rows drawn, part by part and in their order, with the values they had then."""
    assert check.draw is not None
    drawn = {part_name(asdict(part)): part for part in sample.parts}
    for recorded in check.draw.content["parts"]:
        part = drawn.get(part_name(recorded))
        where = f"{recorded['direction']}, {stratum_text(recorded['stratum'])}"
        if keys_hash(part.keys if part else ()) != recorded["keys_hash"]:
            message = f"the rows of {where} are not those that entry {check.draw.seq} says were drawn"
            raise BrokenWorld(message, "put the file back as it was written; a sample is not topped up or exchanged")
        values = recorded.get("rows_hash")
        if part and values and part.rows_hash(sample.salt) != values:
            message = f"the rows of {where} have other values than those that entry {check.draw.seq} says were drawn"
            raise BrokenWorld(message, "put the file back as it was written; what a row held when drawn is evidence")


def _part(read: Mapping[str, object]) -> SamplePart:
    rows = read["rows"]
    assert isinstance(rows, list)
    given = {**read, "rows": tuple(SampledRow(**row) for row in rows)}
    return SamplePart(**given)  # type: ignore[arg-type]
