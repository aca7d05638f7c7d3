"""What may be shown of an error that a source or DuckDB raised? Everything but the password."""

from __future__ import annotations

from urllib.parse import quote, quote_plus

import sqlalchemy as sa

HIDDEN = "***"


def without_password(text: str, url: str) -> str:
    """A text without the password of a connection, however it is written there."""
    password = sa.make_url(url).password
    if not password:
        return text
    plain = str(password)
    for written in (
        plain,
        quote(plain, safe=""),
        quote_plus(plain),
        plain.replace("'", "''"),
        plain.replace("'", "\\'"),
    ):
        text = text.replace(written, HIDDEN)
    return text
