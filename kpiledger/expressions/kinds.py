"""The kinds of values: which one a column of a contract has."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a value is, as far as an expression cares; UNKNOWN goes with everything."""

    NUMBER = "a number"
    TEXT = "a text"
    DATE = "a date"
    TIMESTAMP = "a timestamp"
    BOOLEAN = "true or false"
    OTHER = "of a kind that expressions only count and compare"
    UNKNOWN = "of unknown kind"


_KINDS = {
    **dict.fromkeys(
        (
            "tinyint", "smallint", "integer", "int", "bigint", "hugeint", "utinyint", "usmallint", "uinteger",
            "ubigint", "uhugeint", "int1", "int2", "int4", "int8", "short", "long", "byte", "serial", "bigserial",
            "decimal", "numeric", "dec", "number", "money", "real", "float", "float4", "float8", "double",
            "double precision",
        ),
        Kind.NUMBER,
    ),
    **dict.fromkeys(
        ("varchar", "text", "string", "char", "character", "character varying", "bpchar", "nvarchar", "nchar"),
        Kind.TEXT,
    ),
    "date": Kind.DATE,
    **dict.fromkeys(
        ("timestamp", "datetime", "timestamp without time zone", "timestamp_ntz", "timestamp_s", "timestamp_ms",
         "timestamp_ns"),
        Kind.TIMESTAMP,
    ),
    **dict.fromkeys(("boolean", "bool", "logical"), Kind.BOOLEAN),
    "": Kind.UNKNOWN,
}  # fmt: skip


def kind_of(data_type: str) -> Kind:
    """The kind of a column by its `data_type` in a dbt contract.

    A moment with a zone is OTHER: which day it falls on depends on the session.
    """
    written = " ".join(data_type.lower().split())
    plain, _, rest = written.partition("(")
    digits, _, after = rest.partition(")")
    is_plain = all(part.strip().isdigit() for part in digits.split(",")) if rest else True
    name = f"{plain.strip()} {after.strip()}".strip()
    return _KINDS.get(name, Kind.OTHER) if is_plain else Kind.OTHER
