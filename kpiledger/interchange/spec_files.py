"""Imported specs as files of the project; a file that says something else is never overwritten."""

from __future__ import annotations

from collections.abc import Iterable

from kpiledger.interchange.spec_text import spec_path, spec_text
from kpiledger.interchange.told import Told
from kpiledger.project import Project
from kpiledger.reference.kinds import kind_of, schema_line
from kpiledger.specs.fact import Fact
from kpiledger.specs.kpi import Kpi


def write_specs(project: Project, specs: Iterable[Fact | Kpi]) -> tuple[list[str], list[Told]]:
    """Write specs that the project does not have; the paths written, and what stands in the way of others."""
    written: list[str] = []
    in_the_way: list[Told] = []
    for spec in specs:
        name, known = _known(project, spec)
        path = project.root / spec_path(spec)
        if known is not None and known.model_dump() == spec.model_dump():
            continue
        if known is not None or path.exists():
            there = known.path if known is not None else spec_path(spec)
            in_the_way.append(Told(name, f"{there} says something else and is left as it is"))
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_first_line(project, spec_path(spec)) + spec_text(spec), encoding="utf-8", newline="\n")
        written.append(spec_path(spec))
    return written, in_the_way


def _first_line(project: Project, path: str) -> str:
    """The line by which editors find the schema of a file, where the project has schemas."""
    kind = kind_of(path)
    return f"{schema_line(path, kind)}\n" if kind and (project.root / kind.schema).exists() else ""


def _known(project: Project, spec: Fact | Kpi) -> tuple[str, Fact | Kpi | None]:
    """The name of a spec, and what the project has under it."""
    if isinstance(spec, Fact):
        return spec.fact, project.facts.get(spec.fact)
    return spec.kpi, project.kpis.get(spec.kpi)
