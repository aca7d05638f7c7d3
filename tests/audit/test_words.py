"""What the words of a question can say: a number that nothing can mean is told, and not run into."""

import pytest

from kpiledger.audit.words import number_of
from kpiledger.errors import WrongUse


@pytest.mark.parametrize(
    ("name", "text", "most"),
    [
        ("days", "36526", "36,525"),
        ("days", "4000000", "36,525"),
        ("days", "9" * 20, "36,525"),
        ("rows", "9" * 20, "1,000,000,000"),
        ("seq", "9" * 5000, "1,000,000,000"),
    ],
)
def test_a_number_that_is_too_large_is_told_with_the_largest(name, text, most):
    with pytest.raises(WrongUse, match=f"--{name} {text[:25]} is too large") as told:
        number_of({name: text}, name, 30)
    assert told.value.hint == f"it is at most {most}"


def test_what_can_be_meant_is_taken():
    assert number_of({"days": "36525"}, "days", 30) == 36_525
    assert number_of({"rows": "0" * 30 + "7"}, "rows", 30) == 7
    assert number_of({}, "days", 40_000) == 40_000
