"""How is a value read so that two of them can be compared, and how far do they lie apart?

Everything is compared as one of four kinds: figures exactly as decimals, times in UTC, truth values, and text.
Figures too long for a decimal are compared by their text, and doubles as doubles too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from kpiledger.quality.reconciling.names import literal, named
from kpiledger.specs.reconciling import Tolerance, Within, WithinShare

FIGURE_TYPE = "decimal(38, 10)"
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL", "U")
_TIMES = ("DATE", "TIMESTAMP")
# DuckDB reads a text as so long a decimal a hundred times slower than as a short one, so most go that way.
_FIGURE = (
    "case when regexp_full_match({text}, '-?[0-9]{{1,8}}([.][0-9]{{1,30}})?') "
    "then cast(try_cast({text} as decimal(18, 10)) as decimal(38, 10)) "
    "when regexp_full_match({text}, '-?[0-9]{{9,14}}([.][0-9]{{1,4}})?') "
    "then cast(try_cast({text} as decimal(18, 4)) as decimal(38, 10)) "
    "else try_cast({text} as decimal(38, 10)) end"
)
# An offset behind a time is heeded, where DuckDB reads a plain time and drops it without a word.
_TIME = (
    "case when contains(substr({text}, 17), '+') or contains(substr({text}, 17), '-') "
    "then timezone('UTC', try_cast({text} as timestamptz)) else {local} end"
)
# Seconds are written from whole microseconds, which no rounding touches.
_SECONDS = "cast(try(epoch_us({theirs}) - epoch_us({ours})) as decimal(28, 0)) * cast('0.000001' as decimal(7, 6))"


class Kind(StrEnum):
    """What a column is compared as."""

    FIGURE = "figure"
    TIME = "time"
    TRUTH = "truth"
    TEXT = "text"


_READ_AS = {Kind.FIGURE: FIGURE_TYPE, Kind.TIME: "timestamp", Kind.TRUTH: "boolean", Kind.TEXT: "varchar"}


@dataclass(frozen=True, slots=True)
class Comparable:
    """A column, the warehouse's type of it, and how far its two values may lie apart."""

    name: str
    type: str
    tolerance: Tolerance = "exact"

    @property
    def kind(self) -> Kind:
        """What it is compared as."""
        if self.type == "UUID" or not self.type.startswith((*_NUMBERS, *_TIMES, "BOOLEAN")):
            return Kind.TEXT
        if self.type.startswith("BOOLEAN"):
            return Kind.TRUTH
        return Kind.FIGURE if self.type.startswith(_NUMBERS) else Kind.TIME

    @property
    def text_name(self) -> str:
        """The name that the column's text goes by in a side, quoted; a text is its own."""
        return named(self.name if self.kind is Kind.TEXT else f"{self.name}_text")

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that a side has of it, quoted."""
        return tuple(dict.fromkeys([named(self.name), self.text_name]))

    @property
    def zone(self) -> str | None:
        """The zone of the source's local times."""
        return self.tolerance.zone if isinstance(self.tolerance, Within) and self.kind is Kind.TIME else None

    def own_value(self, column: str) -> str:
        """A column of the warehouse as its kind, null where it is too long for it."""
        return f"try_cast({column} as {_READ_AS[self.kind]})"

    def value(self, text: str) -> str:
        """A text read as its kind, null where it is none."""
        if self.kind is Kind.TIME:
            return _TIME.format(text=text, local=self.own_value(text))
        return _FIGURE.format(text=text) if self.kind is Kind.FIGURE else self.own_value(text)

    def source_value(self, text: str) -> str:
        """A text of the source, read as its kind, in UTC."""
        if self.zone is None:
            return self.value(text)
        local = f"timezone('UTC', timezone({literal(self.zone)}, {self.own_value(text)}))"
        return _TIME.format(text=text, local=local)

    def own_text(self, column: str) -> str:
        """A column of the warehouse from which a cast makes the text that the source would write."""
        return f"hex({column})" if self.type == "BLOB" else column

    def label(self, column: str) -> str:
        """A column as the warehouse writes it in keys and buckets, so that 7 and '7' are one; else as it came."""
        text = f"cast({column} as varchar)"
        if self.kind is Kind.TEXT:
            return text
        own = f"cast(try_cast({text} as {self.type}) as varchar)"
        if self.kind is Kind.FIGURE:  # 10.4 is not the key 10
            exact = f"when {self.value(text)} = try_cast({text} as {self.type}) then {own}"
            own = f"case when not contains({text}, '.') then {own} {exact} end"
        return f"coalesce({own}, {text})"

    def may_differ(self, ours: str, theirs: str) -> str:
        """A quick question that every pair which differs answers with yes."""
        our, their, our_text, their_text = self._four(ours, theirs)
        if self.kind is Kind.TEXT:
            return f"{our} is distinct from {their}"
        unread = f"{our} is null and ({our_text} is not null or {their_text} is not null)"
        return f"{our} is distinct from {their} or ({unread})"

    def is_same(self, ours: str, theirs: str) -> str:
        """Whether two values are one: the same value, or where neither can be read as its kind the same text."""
        our, their, our_text, their_text = self._four(ours, theirs)
        if self.kind is Kind.TEXT:
            return f"{our} is not distinct from {their}"
        alike = f"{_plain(our_text)} is not distinct from {_plain(their_text)}"
        if self.type in ("DOUBLE", "FLOAT"):
            alike += f" or try_cast({our_text} as double) = try_cast({their_text} as double)"
        none = f"{our_text} is null and {their_text} is null"
        return (
            f"({our} is not distinct from {their} and ({our} is not null or ({none})) "
            f"or ({our} is null and {their} is null and ({alike})))"
        )

    def is_unreadable(self, ours: str, theirs: str) -> str:
        """Whether the source's text is not of the kind at all."""
        our, _, our_text, _ = self._four(ours, theirs)
        if self.kind is Kind.FIGURE:
            return f"({our} is null and {our_text} is not null and try_cast({our_text} as double) is null)"
        return f"({our} is null and {our_text} is not null)"

    def apart(self, ours: str, theirs: str) -> str:
        """The warehouse minus the source, in seconds for times; null where there is no such distance."""
        our, their, *_ = self._four(ours, theirs)
        if self.kind is Kind.FIGURE:
            return f"try(cast({their} - {our} as {FIGURE_TYPE}))"
        if self.kind is not Kind.TIME:
            return f"cast(null as {FIGURE_TYPE})"
        if self.zone is None:
            return f"cast({_SECONDS.format(ours=our, theirs=their)} as {FIGURE_TYPE})"
        return f"cast({_in_repeated_hour(our, their, self.zone)} as {FIGURE_TYPE})"

    def is_near(self, ours: str, apart: str) -> str:
        """Whether a distance is accepted; where that cannot be computed it is not."""
        if isinstance(self.tolerance, WithinShare):
            # As whole numbers, so that nothing is rounded: a distance times 1000 against the figure times 1.
            over = Decimal(10) ** -min(int(self.tolerance.within_share.as_tuple().exponent), 0)
            share = int(self.tolerance.within_share * over)
            our = f"{ours}.{named(self.name)}"
            return f"coalesce(try(abs({apart}) * {over} <= abs({our}) * {share}), false)"
        if isinstance(self.tolerance, Within):
            return f"coalesce(abs({apart}) <= cast('{self.tolerance.distance}' as {FIGURE_TYPE}), false)"
        return "false"

    def _four(self, ours: str, theirs: str) -> tuple[str, str, str, str]:
        name, text = named(self.name), self.text_name
        our_text, their_text = (f"cast({side}.{text} as varchar)" for side in (ours, theirs))
        return f"{ours}.{name}", f"{theirs}.{name}", our_text, their_text


def allowed(tolerance: Tolerance, source: Decimal | None) -> Decimal:
    """The distance that is accepted from a figure of the source; exact is none."""
    if isinstance(tolerance, WithinShare):
        return tolerance.within_share * abs(source or Decimal(0))
    return tolerance.distance if isinstance(tolerance, Within) else Decimal(0)


def comparables(types: Mapping[str, str], tolerances: Mapping[str, Tolerance]) -> dict[str, Comparable]:
    """Each column with its type and tolerance."""
    return {name: Comparable(name, kind, tolerances.get(name, "exact")) for name, kind in types.items()}


def _plain(text: str) -> str:
    """A written figure without the zeros that say nothing."""
    return f"regexp_replace(regexp_replace({text}, '(\\.[0-9]*?)0+$', '\\1'), '\\.$', '')"


def _in_repeated_hour(our: str, their: str, zone: str) -> str:
    """The seconds between two times, where a local time that the clock shows twice may be either of the two."""
    seconds = _SECONDS.format(ours=our, theirs=their)
    cases = []
    for shifted in (f"({our} + interval 1 hour)", f"({our} - interval 1 hour)"):
        other = _SECONDS.format(ours=shifted, theirs=their)
        is_repeated = f"{_local(shifted, zone)} = {_local(our, zone)}"
        cases.append(f"when {is_repeated} and abs({other}) < abs({seconds}) then {other}")
    return f"case {' '.join(cases)} else {seconds} end"


def _local(time: str, zone: str) -> str:
    return f"timezone({literal(zone)}, timezone('UTC', {time}))"
