"""Which statements made the published values? The compiled SQL behind `fct_kpi_value`, in order, kept beside them.

With the extracts of the same publication it computes a number again, without dbt and without the project's files.
A model that was computed from its own last table stands as the run wrote it that computed it in full.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from graphlib import TopologicalSorter
from hashlib import sha256
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from kpiledger.errors import BrokenWorld
from kpiledger.ledger.canonical import canonical_bytes
from kpiledger.ledger.durable import replace_file
from kpiledger.warehouse import open_reader

FILE = "recipe.json"
# Where the extracts are laid when a number is computed again, each as a table named like `erp.orders`.
EXTRACTS_SCHEMA = "extracts"
_VALUES = "fct_kpi_value"
_BUILT = re.compile(r"built__[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Statement:
    """One model: the query that fills its table, and the models, seeds and sources that it reads.

    `checksum` is of the model's file. `query` is None where only a part was computed and no run kept the whole.
    """

    name: str
    schema: str
    path: str
    checksum: str
    query: str | None
    reads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seed:
    """A table of the project's own, with its rows as texts: a manual input, which no source system holds."""

    name: str
    schema: str
    path: str
    columns: Mapping[str, str]
    rows: tuple[tuple[str | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Recipe:
    """The seeds, and the statements in an order in which they run; `sources` are the tables that it begins with."""

    statements: tuple[Statement, ...]
    seeds: tuple[Seed, ...]
    sources: tuple[str, ...]

    def for_model(self, name: str) -> Recipe:
        """What one of its models needs, and nothing else."""
        reads = {one.name: one.reads for one in self.statements}
        needed, waiting = {name}, [name]
        while waiting:
            new = set(reads.get(waiting.pop(), ())) - needed
            needed |= new
            waiting += new
        return Recipe(
            tuple(one for one in self.statements if one.name in needed),
            tuple(one for one in self.seeds if one.name in needed),
            tuple(one for one in self.sources if one in needed),
        )


def keep_recipe(root: Path, aside: Path, published: Path) -> None:
    """Write the recipe of what dbt has just built into `aside`; nothing where dbt left no manifest with its values."""
    manifest = root / "target" / "manifest.json"
    nodes = json.loads(manifest.read_bytes())["nodes"] if manifest.exists() else {}
    by_name = {node["name"]: node for node in nodes.values() if node["resource_type"] in ("model", "seed")}
    if _VALUES not in by_name:
        return
    before = {one.name: one for one in _kept(published)}
    order = list(_in_order(by_name, _VALUES))
    statements = tuple(_statement(by_name[name], before.get(name)) for name in order if _is_model(by_name[name]))
    with open_reader(aside / "warehouse.duckdb") as warehouse:
        seeds = tuple(_seed(by_name[name], warehouse) for name in order if not _is_model(by_name[name]))
    sources = sorted({read for one in statements for read in one.reads if "." in read})
    replace_file(aside / FILE, canonical_bytes(asdict(Recipe(statements, seeds, tuple(sources)))))


def recipe_hash(folder: Path) -> str | None:
    """SHA-256 of the recipe in the folder of a publication or close; None where it has none."""
    path = folder / FILE
    return sha256(path.read_bytes()).hexdigest() if path.exists() else None


def read_recipe(folder: Path) -> Recipe:
    """The recipe in the folder of a publication or close; BrokenWorld where it is missing or is none."""
    path = folder / FILE
    try:
        said = json.loads(path.read_bytes())
        return Recipe(
            tuple(Statement(**{**one, "reads": tuple(one["reads"])}) for one in said["statements"]),
            tuple(Seed(**{**one, "rows": tuple(map(tuple, one["rows"]))}) for one in said["seeds"]),
            tuple(said["sources"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise BrokenWorld(
            f"{path} is no recipe of published numbers", "publications made by `kpi run` have one from now on"
        ) from problem


def _kept(published: Path) -> Iterable[Statement]:
    return read_recipe(published).statements if (published / FILE).exists() else ()


def _in_order(by_name: Mapping[str, Mapping[str, Any]], last: str) -> Iterator[str]:
    """What a model needs and the model itself, each after what it reads; the same order each time."""
    graph: dict[str, list[str]] = {}
    waiting = [last]
    while waiting:
        name = waiting.pop()
        if name not in graph:
            graph[name] = sorted(read for read in _reads(by_name[name]) if read in by_name)
            waiting += graph[name]
    return (name for name in TopologicalSorter(dict(sorted(graph.items()))).static_order())


def _reads(node: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of models and seeds, and of sources as `erp.orders`."""
    ids = [str(one).split(".") for one in node["depends_on"].get("nodes", ())]
    return tuple(sorted({".".join(one[2:4]) if one[0] == "source" else one[2] for one in ids}))


def _statement(node: Mapping[str, Any], before: Statement | None) -> Statement:
    reads, query = _reads(node), str(node["compiled_code"])
    for source in (read for read in reads if "." in read):
        # The folder of extracts is of this run and machine; the table that stands for the file is not.
        path = re.escape(f"/extracts/{source.replace('.', '/', 1)}.parquet")
        query = re.sub(f"'[^']*{path}'", f'"{EXTRACTS_SCHEMA}"."{source}"', query)
    checksum = str(node["checksum"]["checksum"])
    whole: str | None = query
    if str(node["relation_name"]) in query:
        is_same = before is not None and before.checksum == checksum
        whole = before.query if before and is_same and _built(before.query) == _built(query) else None
    return Statement(node["name"], node["schema"], node["original_file_path"], checksum, whole, reads)


def _built(query: str | None) -> set[str]:
    """The digests in a query of all texts that it was built by."""
    return set(_BUILT.findall(query or ""))


def _seed(node: Mapping[str, Any], warehouse: DuckDBPyConnection) -> Seed:
    address = f'"{node["schema"]}"."{node["name"]}"'
    described = warehouse.execute(f"describe {address}").fetchall()
    # By name, as the file has the keys of every object: the cells of a row stand in the order of its columns.
    columns = {str(row[0]): str(row[1]) for row in sorted(described)}
    texts = ", ".join(f'cast("{name}" as varchar)' for name in columns)
    rows = warehouse.execute(f"select {texts} from {address} order by all").fetchall()
    return Seed(node["name"], node["schema"], node["original_file_path"], columns, tuple(map(tuple, rows)))


def _is_model(node: Mapping[str, Any]) -> bool:
    return bool(node["resource_type"] == "model")
