"""Findings as rules make them: at a place in a spec, about a name or about anything else."""

from __future__ import annotations

from collections.abc import Collection

from kpiledger.finding import Finding, Severity
from kpiledger.nearest import suggestion
from kpiledger.project import Project
from kpiledger.specs.base import Path, SpecFile


def error(rule: str, spec: SpecFile, path: Path, message: str, hint: str) -> Finding:
    """A finding that stops the run."""
    return Finding(rule, Severity.ERROR, spec.place(*path), message, hint)


def warning(rule: str, spec: SpecFile, path: Path, message: str, hint: str) -> Finding:
    """A finding that is shown and stops nothing."""
    return Finding(rule, Severity.WARNING, spec.place(*path), message, hint)


def unknown(
    rule: str, spec: SpecFile, path: Path, name: str, known: Collection[str], kind: str, of: str = ""
) -> list[Finding]:
    """A finding where a name is not among the known ones of a kind, else none; `of` says whose they are."""
    if name in known:
        return []
    whose = f" of {of}" if of else ""
    message = f"there is no {kind} `{name}`{whose}"
    return [error(rule, spec, path, message, suggestion(name, known, f"{kind}s{whose}"))]


def unknown_column(project: Project, spec: SpecFile, path: Path, column: str, model: str) -> list[Finding]:
    """A finding where a model with a contract has no such column, else none."""
    columns = project.columns.get(model)
    if not columns or column in columns:
        return []
    message = f"the model {model} has no column `{column}`"
    return [error("KPI026", spec, path, message, suggestion(column, columns, f"columns of {model}"))]


def unknown_model(project: Project, spec: SpecFile, path: Path, model: str) -> list[Finding]:
    """A finding where dbt's YAML of marts and staging does not know a model or its columns, else none."""
    if project.columns.get(model) or "model" in project.unread:
        return []
    if model in project.columns:
        message = f"the model {model} does not say its columns"
        return [error("KPI025", spec, path, message, f"list the columns of {model} with data_type in its YAML")]
    return unknown("KPI025", spec, path, model, project.columns, "model")
