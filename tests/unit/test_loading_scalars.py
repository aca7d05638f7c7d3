"""What a scalar without quotes means, and that nothing else is guessed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from kpiledger.loading.scalars import Refused, plain_scalar


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("false", False),
        ("0", 0),
        ("12", 12),
        ("-7", -7),
        ("2016", 2016),
        ("21000.00", Decimal("21000.00")),
        ("-0.125", Decimal("-0.125")),
        ("0.125", Decimal("0.125")),
        ("0.1", Decimal("0.1")),
        ("1300.000", Decimal("1300.000")),
        ("2017-01-31", date(2017, 1, 31)),
        ("2016-02-29", date(2016, 2, 29)),
        ("2016-08", "2016-08"),
        ("2016-Q3", "2016-Q3"),
        ("2 days", "2 days"),
        ("norway", "norway"),
        ("sales_amount > 0", "sales_amount > 0"),
        ("v1.300", "v1.300"),
        ("١٢", "١٢"),
    ],
)
def test_a_plain_scalar_means_one_thing(written: str, value: object) -> None:
    found = plain_scalar(written)
    assert found == value
    assert type(found) is type(value)


REFUSED = """
no No NO yes Yes YES on On ON off OFF y Y n N True TRUE False Null NULL
012 00 007 -012 0123.5 0x1F 0o17 0b101 1_000 1_000.5
12:30 12:30:45 190:20:30.15 1.300 1.300.000 -12.500 1,5 1.300,50 1,300
.inf -.inf .nan .NaN .INF 1e3 1.5E-3 .5 5. +5 +0.5
2017-02-30 2017-13-01 2017-1-5 2017-01-5 2017-12-31T08:00:00 2017-12-31T08:00:00.5Z 2017-12-31T08:00:00+01:00
""".split()


@pytest.mark.parametrize("written", [*REFUSED, "2017-12-31 08:00:00", "9" * 39])
def test_a_plain_scalar_that_could_mean_two_things_is_refused(written: str) -> None:
    with pytest.raises(Refused) as refusal:
        plain_scalar(written)
    assert refusal.value.hint
    assert written[:20] in str(refusal.value)
