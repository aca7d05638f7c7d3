"""What every spec shares: frozen, closed, and able to say where each of its values stood."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, PrivateAttr

from kpiledger.finding import Position
from kpiledger.periods import Period
from kpiledger.vocabulary import RESERVED, is_name

Path = tuple[str | int, ...]
_MODEL_PREFIXES = ("agg_", "by_", "dim_", "fct_", "kpi_")


class Spec(BaseModel):
    """A piece of a spec file; unknown keys are refused, values cannot be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


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


def _period(value: Any) -> Any:
    if isinstance(value, Period):
        return value
    if isinstance(value, (date, int)):
        value = str(value)
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no period; write 2016-08-14, 2016-W33, 2016-08, 2016-Q3 or 2016")
    return Period.parse(value)


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as problem:
        raise ValueError(f"{value!r} is no IANA time zone; write it as Europe/Copenhagen") from problem
    return value


Name = Annotated[str, AfterValidator(_name)]
ZoneField = Annotated[str, AfterValidator(_zone)]
# A name that becomes a column or a CTE of compiled SQL.
CoinedName = Annotated[Name, AfterValidator(_coined)]
PeriodField = Annotated[Period, BeforeValidator(_period)]
