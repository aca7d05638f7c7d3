"""What every spec shares: frozen, closed, and able to say where each of its values stood."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, PrivateAttr, WithJsonSchema

from kpiledger.finding import Position
from kpiledger.periods import COMMON, Period, PeriodName
from kpiledger.vocabulary import NAME_MAX, RESERVED, is_name

Path = tuple[str | int, ...]
_MODEL_PREFIXES = ("agg_", "by_", "dim_", "fct_", "kpi_", "measured_")


class Spec(BaseModel):
    """A piece of a spec file; unknown keys are refused, values cannot be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class SpecFile(Spec):
    """A whole spec file; `place` gives the position of any value in it."""

    _path: str = PrivateAttr(default="")
    _places: Mapping[Path, Position] = PrivateAttr(default_factory=dict)

    def located(self, path: str, places: Mapping[Path, Position]) -> None:
        """Remember the file (relative to the project) and the position of each value; the loader's call."""
        self._path = path
        self._places = places

    @property
    def path(self) -> str:
        """The file, relative to the project's root."""
        return self._path

    def place(self, *path: str | int) -> Position:
        """Where the value at a path of keys and indexes stood, or the nearest enclosing one."""
        for length in range(len(path), -1, -1):
            found = self._places.get(path[:length])
            if found is not None:
                return found
        return Position(self._path, 1, 1)


def _name(value: str) -> str:
    if not is_name(value):
        raise ValueError(
            f"{value!r} is no name: names are lower case letters, digits and single underscores, "
            "begin with a letter and have at most 63 characters"
        )
    return value


def _coined(value: str) -> str:
    if value in RESERVED:
        raise ValueError(f"{value!r} is a word that SQL or the compiled models need; choose a name that says more")
    prefix = next((prefix for prefix in _MODEL_PREFIXES if value.startswith(prefix)), None)
    if prefix:
        raise ValueError(
            f"{value!r} begins with {prefix}, as compiled models and their CTEs do; "
            f"choose a name that begins with none of {', '.join(_MODEL_PREFIXES)}"
        )
    return value


# A ledger's events name the same few months thousands of times.
_parsed_period = lru_cache(maxsize=10_000)(Period.parse)
_parsed_name = lru_cache(maxsize=10_000)(PeriodName.parse)


def _period(value: Any) -> Any:
    return value if isinstance(value, Period) else _parsed_period(_period_text(value))


def _period_name(value: Any) -> Any:
    return value if isinstance(value, PeriodName) else _parsed_name(_period_text(value))


def _period_text(value: Any) -> str:
    if isinstance(value, (date, int)):
        return str(value)
    if isinstance(value, str):
        return value
    raise ValueError(f"{value!r} is no period; write {COMMON.forms}")


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as problem:
        raise ValueError(f"{value!r} is no IANA time zone; write it as Europe/Copenhagen") from problem
    return value


def _language(value: str) -> str:
    if not _LANGUAGE.match(value):
        raise ValueError(f"{value!r} is no language; write it as en, da or pt-BR")
    return value


def written(title: str, means: str, pattern: str, examples: tuple[str, ...], **more: Any) -> WithJsonSchema:
    """How a value is written in a file: what editors check and the reference explains."""
    schema = {"title": title, "description": means, "type": "string", "pattern": pattern, "examples": [*examples]}
    return WithJsonSchema({**schema, **more})


def one_of_keys(*keys: str) -> ConfigDict:
    """Tells editors that exactly one of the keys is written; a validator of the model tells the loader."""
    return ConfigDict(json_schema_extra={"oneOf": [{"required": [key]} for key in keys]})


_LANGUAGE_PATTERN = "[a-z]{2,3}(?:-[A-Z][A-Za-z]{1,3})?"
_LANGUAGE = re.compile(rf"{_LANGUAGE_PATTERN}\Z")
Language = Annotated[
    str,
    AfterValidator(_language),
    written(
        "language",
        "The tag of a language, with a region where it matters.",
        f"^{_LANGUAGE_PATTERN}$",
        ("en", "da", "pt-BR"),
    ),
]
_NAME_PATTERN = "[a-z](?:_?[a-z0-9])*$"
_NAME_MEANS = "Lower case letters, digits and single underscores; begins with a letter, has at most 63 characters."
Name = Annotated[
    str,
    AfterValidator(_name),
    written("name", _NAME_MEANS, f"^{_NAME_PATTERN}", ("gross_margin",), maxLength=NAME_MAX),
]
ZoneField = Annotated[
    str,
    AfterValidator(_zone),
    written(
        "time zone",
        "The name of an IANA time zone; abbreviations such as CET are not precise.",
        "^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$",
        ("Europe/Copenhagen", "America/New_York", "UTC"),
    ),
]
# A name that becomes a column or a CTE of compiled SQL.
CoinedName = Annotated[
    Name,
    AfterValidator(_coined),
    written(
        "coined name",
        f"A name that becomes a column of compiled SQL: no word of SQL, and none that begins with "
        f"{', '.join(_MODEL_PREFIXES)}.",
        f"^(?!{'|'.join(_MODEL_PREFIXES)}){_NAME_PATTERN}",
        ("revenue", "order_lines"),
        maxLength=NAME_MAX,
        **{"not": {"enum": sorted(RESERVED)}},
    ),
]
PeriodField = Annotated[
    Period,
    BeforeValidator(_period),
    written(
        "period",
        "A day, ISO week, month, quarter or year.",
        "^[0-9]{4}(-W(0[1-9]|[1-4][0-9]|5[0-3])|-Q[1-4]|-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$",
        ("2016-08-14", "2016-W33", "2016-08", "2016-Q3", "2016"),
        type=["string", "integer"],
    ),
]
PeriodNameField = Annotated[
    PeriodName,
    BeforeValidator(_period_name),
    written(
        "period of the calendar",
        "A day, week, month, quarter or year as the calendar counts them: fiscal quarters and years begin with FY.",
        "^([0-9]{4}(-W(0[1-9]|[1-4][0-9]|5[0-3])|-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)|(FY)?[0-9]{4}(-Q[1-4])?)$",
        ("2016-08-14", "2016-W33", "2016-08", "2016-Q3", "2016", "FY2016-Q3", "FY2016"),
        type=["string", "integer"],
    ),
]
