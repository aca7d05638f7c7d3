"""dbt's filters as conditions on a fact's columns: `{{ Dimension('order__region') }} = 'West'`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from kpiledger.expressions import check_condition
from kpiledger.interchange.layer import Unsaid

_DIMENSION = re.compile(r"\{\{\s*Dimension\(\s*(['\"])(\w+)\1\s*\)\s*\}\}")


def where_of(filters: list[Any], columns: Mapping[str, str], known: Mapping[str, str]) -> str | None:
    """Some filters as one condition, None where there are none.

    `columns` gives the column of each dimension by the name that filters know it by, `known` those of the model.
    """
    given = [text for one in filters for text in (one if isinstance(one, list) else [one])]
    texts = [_one(text, columns, known) for text in given]
    if len(texts) > 1:
        return " and ".join(f"({text})" for text in texts)
    return texts[0] if texts else None


def _one(text: Any, columns: Mapping[str, str], known: Mapping[str, str]) -> str:
    if not isinstance(text, str):
        raise Unsaid("its filter is no text")

    def column(found: re.Match[str]) -> str:
        name = found.group(2)
        if name not in columns:
            raise Unsaid(f"its filter looks at `{name}`, which is no plain column of the model of its measure")
        return columns[name]

    plain = " ".join(_DIMENSION.sub(column, text).split())
    if "{{" in plain or "{%" in plain:
        raise Unsaid(f"its filter is more than conditions on dimensions: {text.strip()}")
    problems = check_condition(plain, known or list(columns.values()))
    if problems:
        raise Unsaid(f"its filter cannot be said: {problems[0].message}; {problems[0].hint}")
    return plain
