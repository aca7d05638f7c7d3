"""How do PostgreSQL and MySQL write the totals of a bucket and the checksum of a row, the same as DuckDB does?"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import sqlalchemy as sa

from kpiledger.quality.conditions import quoted
from kpiledger.quality.reconciling.comparing import Kind
from kpiledger.quality.reconciling.late import Mark
from kpiledger.quality.reconciling.names import literal
from kpiledger.quality.reconciling.texts import Types, as_text
from kpiledger.quality.sides import Compared


class Pushed(ABC):
    """The SQL of a source that can add up its own rows."""

    dialect: ClassVar[str]

    @abstractmethod
    def text(self, figure: str) -> str:
        """A figure as text."""

    @abstractmethod
    def figure(self, column: str, kind: Any) -> str:
        """A column as an exact figure with ten decimals."""

    @abstractmethod
    def time(self, column: str, kind: Any) -> str:
        """A column as a time in UTC, empty where that depends on the session."""

    @abstractmethod
    def month(self, column: str, kind: Any) -> str:
        """The month of a column, as 2017-03."""

    @abstractmethod
    def hashed(self, parts: Sequence[str]) -> str:
        """The first 60 bits of the hash of some texts, each with its length before it."""

    @abstractmethod
    def truth(self, column: str) -> str:
        """A truth value as text."""

    @abstractmethod
    def time_text(self, time: str) -> str:
        """A time as text, with six decimals of a second."""

    def canonical(self, kind: Kind, name: str, declared: Any) -> str:
        """A column as the one text that both sides make of its value; any other text only costs the shortcut."""
        column = quoted(name, self.dialect)
        if kind is Kind.FIGURE and isinstance(declared, (sa.Integer, sa.Numeric)):
            return self.text(self.figure(column, declared))
        if kind is Kind.TIME and isinstance(declared, (sa.Date, sa.DateTime)) and self.time(column, declared):
            return self.time_text(self.time(column, declared))
        return self.truth(column) if kind is Kind.TRUTH else as_text(name, declared, self.dialect)

    def newer(self, compared: Compared, types: Types, mark: Mark | None) -> str:
        """The condition for rows newer than a mark; empty where it cannot be said."""
        time = self._cut_off(compared, types, mark)
        return f"{time} > timestamp {literal(mark.text)}" if time and mark else ""

    def older(self, compared: Compared, types: Types, mark: Mark | None) -> str:
        """The condition for all other rows."""
        time = self._cut_off(compared, types, mark)
        return f"({time} is null or {time} <= timestamp {literal(mark.text)})" if time and mark else ""

    def _cut_off(self, compared: Compared, types: Types, mark: Mark | None) -> str:
        name = compared.asked.cut_off
        if name is None or mark is None or compared.columns[name].kind is not Kind.TIME:
            return ""
        return self.time(quoted(name, self.dialect), types[name])


class PostgreSQL(Pushed):
    """Texts are joined by strokes, and a hash is read as bits."""

    dialect = "postgres"

    def text(self, figure: str) -> str:
        """A cast."""
        return f"cast({figure} as text)"

    def figure(self, column: str, kind: Any) -> str:
        """A double is written first, as casting it would keep 15 figures of it."""
        written = f"cast({column} as text)" if isinstance(kind, sa.Float) else column
        return f"cast({written} as numeric(38, 10))"

    def time(self, column: str, kind: Any) -> str:
        """In UTC where the column knows its zone."""
        zoned = isinstance(kind, sa.DateTime) and kind.timezone
        return f"({column} at time zone 'UTC')" if zoned else f"cast({column} as timestamp)"

    def month(self, column: str, kind: Any) -> str:
        """Of the time in UTC."""
        return f"to_char({self.time(column, kind)}, 'YYYY-MM')"

    def hashed(self, parts: Sequence[str]) -> str:
        """Of the bytes in UTF-8, whatever the server's own encoding is."""
        line = " || ".join(f"coalesce(length({self.text(part)}) || ':' || {self.text(part)}, '-')" for part in parts)
        return f"cast(cast('x' || substr(md5(convert_to({line}, 'UTF8')), 1, 15) as bit(60)) as bigint)"

    def truth(self, column: str) -> str:
        """true or false."""
        return f"cast({column} as text)"

    def time_text(self, time: str) -> str:
        """With microseconds."""
        return f"to_char({time}, 'YYYY-MM-DD HH24:MI:SS.US')"


class MySQL(Pushed):
    """Texts are joined by a function, as strokes may mean `or`; MariaDB is the same here."""

    dialect = "mysql"

    def text(self, figure: str) -> str:
        """A cast."""
        return f"cast({figure} as char)"

    def figure(self, column: str, kind: Any) -> str:
        """With room for every figure, as what does not fit would be cut without a word."""
        return f"cast({column} as decimal(65, 10))"

    def time(self, column: str, kind: Any) -> str:
        """A TIMESTAMP is shown in the session's zone and so left to the rows."""
        return "" if isinstance(kind, sa.TIMESTAMP) else f"cast({column} as datetime(6))"

    def month(self, column: str, kind: Any) -> str:
        """The first seven letters of the time; empty where that depends on the session, and so no month."""
        return f"left(cast({self.time(column, kind) or 'null'} as char), 7)"

    def hashed(self, parts: Sequence[str]) -> str:
        """Of the bytes in UTF-8, whatever the column's own encoding is."""
        utf8 = [f"convert({part} using utf8mb4)" for part in parts]
        line = ", ".join(f"coalesce(concat(char_length({part}), ':', {part}), '-')" for part in utf8)
        return f"cast(conv(substr(md5(concat({line})), 1, 15), 16, 10) as unsigned)"

    def truth(self, column: str) -> str:
        """0 and 1 as words, and nothing else."""
        return f"case {column} when 0 then 'false' when 1 then 'true' end"

    def time_text(self, time: str) -> str:
        """With microseconds."""
        return f"cast({time} as char)"


PUSHED: Mapping[str, Pushed] = {one.dialect: one for one in (PostgreSQL(), MySQL())}
