"""The queries of a spot check, the same in every database: count a population, draw from it, look rows up.

A sample is the first n keys in the order of md5(seed || ':' || key). DuckDB, PostgreSQL, MySQL and MariaDB give the
same ones. SQLite has no md5: here the function is lent to it, and an auditor reads its file with DuckDB.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

Stratum = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A table to draw from: its address as the database writes it, and the rows of a period, from `start` to `end`."""

    dialect: str
    address: str
    key: tuple[str, ...]
    strata: tuple[str, ...]
    period: str | None = None
    start: date | None = None
    end: date | None = None

    def counted(self) -> str:
        """How many records each stratum has: its values as text, then the number."""
        names = [f"stratum_{place}" for place, _ in enumerate(self.strata, 1)]
        values = [f"{self._text(column)} as {name}" for column, name in zip(self.strata, names, strict=True)]
        last = f"select {', '.join([*names, 'count(*) as record_count'])}\nfrom population"
        return self._query(values, {}, f"{last}\ngroup by {', '.join(names)}" if names else last)

    def drawn(self, stratum: Stratum, seed: str, rows: int) -> str:
        """The keys of a sample, in the order drawn."""
        mark = self._joined([self._literal(f"{seed}:"), "record_key"])
        return self._query([], stratum, f"select record_key\nfrom population\norder by md5({mark})\nlimit {rows}")

    def looked_up(self, keys: Sequence[str], columns: Sequence[str]) -> str:
        """The key and the columns of the records with these keys, all as the database has them."""
        wanted = ", ".join([f"{self._key} as record_key", *(self.quoted(name) for name in columns)])
        known = ", ".join(self._literal(key) for key in keys)
        return f"select {wanted}\nfrom {self.address}\nwhere {self._key} in ({known})"

    def quoted(self, name: str) -> str:
        """A name as this database quotes it."""
        mark = "`" if self.dialect == "mysql" else '"'
        return f"{mark}{name.replace(mark, mark * 2)}{mark}"

    def _query(self, values: Sequence[str], stratum: Stratum, last: str) -> str:
        wanted = ", ".join([*values, f"{self._key} as record_key"])
        conditions = [*self._in_period(), *(self._of_stratum(*pair) for pair in stratum.items())]
        where = f"\n    where {' and '.join(conditions)}" if conditions else ""
        return f"with population as (\n    select distinct {wanted}\n    from {self.address}{where}\n)\n{last}"

    def _in_period(self) -> list[str]:
        if self.period is None or self.start is None or self.end is None:
            return []
        column = self.quoted(self.period)
        # Bare texts: a date column reads them as dates, and SQLite keeps dates as such texts.
        return [f"{column} >= '{self.start}'", f"{column} < '{self.end}'"]

    def _of_stratum(self, column: str, value: str | None) -> str:
        if value is None:
            return f"{self.quoted(column)} is null"
        return f"{self._text(column)} = {self._literal(value)}"

    @property
    def _key(self) -> str:
        """The parts of a key as one text, as 'CA-2017-100 / 3'; an empty part is an empty text."""
        parts = [f"coalesce({self._text(name)}, '')" for name in self.key]
        between = [piece for part in parts for piece in ("' / '", part)][1:]
        return self._joined(between) if len(parts) > 1 else parts[0]

    def _text(self, column: str) -> str:
        return f"cast({self.quoted(column)} as {'char' if self.dialect == 'mysql' else 'text'})"

    def _joined(self, parts: Sequence[str]) -> str:
        # In MySQL || is "or", unless a setting says otherwise.
        return f"concat({', '.join(parts)})" if self.dialect == "mysql" else " || ".join(parts)

    def _literal(self, text: str) -> str:
        escaped = text.replace("\\", "\\\\") if self.dialect == "mysql" else text
        return "'" + escaped.replace("'", "''") + "'"
