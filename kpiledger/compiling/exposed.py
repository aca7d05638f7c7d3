"""The dbt models of the KPIs that a project publishes by themselves: one a version, and the latest by a plain name.

dbt names the versions of a model `<name>_v1`, `<name>_v2` in the warehouse and nothing `<name>`: that is the view
`<name>__latest`, which carries the alias. It shows the last version that has begun on the as-of date, so that one
that is announced does not empty it. The views name no database: they hold in a copy of it under any name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kpiledger.compiling.columns_described import VALUE
from kpiledger.compiling.described import described, plain, yaml_file
from kpiledger.compiling.dialects import Dialect
from kpiledger.compiling.owned import group_of, meta
from kpiledger.compiling.published import COLUMNS
from kpiledger.compiling.text import Cte, date_literal, header, lines, text_list, with_ctes
from kpiledger.compiling.wording import formula_text
from kpiledger.project import Project
from kpiledger.specs.kpi import Kpi, KpiVersion

_SHOWN = tuple(name for name in COLUMNS if name != "kpi")
_KEY = ("grain", "span", "period_start", "slice", "member")
_ROWS = "One row per grain, span, period, slice and member."


def exposed_models(project: Project, dialect: Dialect = Dialect.DUCKDB) -> dict[str, str]:
    """File name -> text; none where no KPI says `publish_as`."""
    kpis = [kpi for _, kpi in sorted(project.kpis.items()) if kpi.publish_as]
    files = {}
    for kpi in kpis:
        for version in kpi.versions:
            files[f"{kpi.publish_as}_v{version.version}.sql"] = _version_sql(kpi, version)
        files[f"{kpi.publish_as}__latest.sql"] = _latest_sql(kpi)
    if kpis:
        models = [model for kpi in kpis for model in (_versions_yaml(project, kpi), _latest_yaml(project, kpi))]
        files["_exposed.yml"] = yaml_file({"models": models}, dialect)
    return files


def _version_sql(kpi: Kpi, version: KpiVersion) -> str:
    chosen = f"select\n{lines(_SHOWN)}\nfrom fct_kpi_value\n"
    chosen += f"where kpi = {text_list([kpi.kpi])}\n    and version = {version.version}"
    top = header(_file(kpi), f"`{kpi.kpi}`, version {version.version}. {_ROWS}")
    return top + with_ctes([_imported("fct_kpi_value"), (kpi.kpi, chosen)], f"select * from {kpi.kpi}")


def _latest_sql(kpi: Kpi) -> str:
    first, *others = kpi.versions
    begun = "".join(
        f"\n        when as_of_on >= {date_literal(version.valid_from)} then {version.version}"
        for version in reversed(others)
    )
    number = f"case{begun}\n        else {first.version}\n    end" if begun else str(first.version)
    columns = lines(f"fct_kpi_value.{name}" for name in _SHOWN)
    chosen = f"select\n{columns}\nfrom fct_kpi_value\ninner join latest\n"
    chosen += f"    on fct_kpi_value.version = latest.version\nwhere fct_kpi_value.kpi = {text_list([kpi.kpi])}"
    latest: Cte = ("latest", f"select\n    {number} as version\nfrom as_of", "the last version that has begun")
    ctes: list[Cte] = [_imported("fct_kpi_value"), _imported("as_of"), latest, (kpi.kpi, chosen)]
    top = header(_file(kpi), f"`{kpi.kpi}`, its latest version. {_ROWS}")
    return top + with_ctes(ctes, f"select * from {kpi.kpi}")


def _imported(model: str) -> Cte:
    return model, "select * from {{ ref('" + model + "').include(database=false) }}"


def _file(kpi: Kpi) -> str:
    return f"metrics/kpis/{kpi.chain_stage}/{kpi.kpi}.yml"


def _versions_yaml(project: Project, kpi: Kpi) -> dict[str, Any]:
    model = described(
        str(kpi.publish_as),
        f"{kpi.label_in(project.calendar.language)}: {kpi.description} {_ROWS}",
        {name: VALUE[name] for name in _SHOWN},
        _KEY,
        config={**_config(project, kpi), "meta": meta([kpi], project.calendar.language)},
    )
    return {
        **model,
        "latest_version": kpi.versions[-1].version,
        "versions": [_version_yaml(kpi, version) for version in kpi.versions],
    }


def _version_yaml(kpi: Kpi, version: KpiVersion) -> dict[str, Any]:
    days = f"from {version.valid_from}" + (f" to {version.valid_to}" if version.valid_to else "")
    text = f"Version {version.version}, {days}: {formula_text(version.formula)}. {version.change.reason}. {_ROWS}"
    return {"v": version.version, "description": plain(text), **_deprecation(kpi)}


def _latest_yaml(project: Project, kpi: Kpi) -> dict[str, Any]:
    model = described(
        f"{kpi.publish_as}__latest",
        f"{kpi.label_in(project.calendar.language)}, by the last version of its definition that has begun. {_ROWS}",
        {name: VALUE[name] for name in _SHOWN},
        config={**_config(project, kpi), "alias": kpi.publish_as},
    )
    return {**model, **_deprecation(kpi)}


def _config(project: Project, kpi: Kpi) -> Mapping[str, Any]:
    return {"materialized": "view", **group_of(project, [kpi])}


def _deprecation(kpi: Kpi) -> dict[str, str]:
    """dbt warns of a model that is past this day, and of one that refers to it."""
    return {"deprecation_date": kpi.deprecated.on.isoformat()} if kpi.deprecated else {}
