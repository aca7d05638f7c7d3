"""With how many digits do statistics leave the engine?

Floats of two machines may differ in their last digits. Nine digits are more than a limit or a projection is worth, and
are the same wherever they are computed.
"""

from __future__ import annotations

from decimal import Decimal

_DIGITS = 9
# What a column of the warehouse holds behind the point.
_PLACES = Decimal("1e-12")


def rounded(number: float) -> Decimal:
    """A number to nine significant digits, and to no more than twelve behind the point."""
    found = Decimal(f"{number:.{_DIGITS - 1}e}")
    exponent = found.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -12:
        found = found.quantize(_PLACES)
    return Decimal(f"{found:f}") + 0
