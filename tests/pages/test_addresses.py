from __future__ import annotations

import re
from itertools import combinations, product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kpiledger.pages.addresses import history_address, scorecard_address
from kpiledger.vocabulary import is_name

SAFE = re.compile(r"history/[a-z0-9_-]+\.html\Z")
LONGEST_FILE_NAME = 255

# Short names of few letters, so that pieces can meet at another border: a-b_c and a_b-c.
names = st.sampled_from(("a", "b", "a_b")) | st.from_regex(r"[ab](_?[ab1]){0,3}", fullmatch=True)
# Members that meet once their case, their signs or their accents are lost, or that look like an address.
members = st.one_of(
    st.text("aA1_- /.é", max_size=4),
    st.text(max_size=8),
    st.text("0123456789abcdef", min_size=16, max_size=16),
    st.sampled_from(("all", "All", "K", "\u212a", "İ", "ß", "SS", "..", "-", "", "x" * 300, "X" + "x" * 300)),
)
holdings = st.tuples(names, names, st.just("all") | names, st.sampled_from(("all", "A", "a")) | members)


def hash_in(address: str) -> str:
    return address.removesuffix(".html").rpartition("-")[2]


def test_a_history_is_named_by_holder_kpi_slice_and_member() -> None:
    assert history_address("company", "revenue", "all", "all") == "history/company-revenue.html"
    assert history_address("sales_west", "revenue", "region", "West") == "history/sales_west-revenue-region-west.html"


def test_a_member_that_is_no_plain_word_stays_readable() -> None:
    address = history_address("sales", "revenue", "segment", "Home Office")
    assert re.fullmatch(r"history/sales-revenue-segment-home-office-[0-9a-f]{16}\.html", address)


def test_equal_members_of_different_slices_have_their_own_history() -> None:
    region, segment = (history_address("sales", "revenue", cut, "Home") for cut in ("region", "segment"))
    assert region == "history/sales-revenue-region-home.html"
    assert segment == "history/sales-revenue-segment-home.html"


@pytest.mark.parametrize(
    "alike",
    [
        ("West", "west", "WEST", "wEST"),
        ("We/st", "We st", "We-st", "We.st", "We_st", "We\\st", "West ", " West"),
        ("", ".", "..", "../x", "/", "x"),
        ("é", "e", "É", "e\u0301", "K", "\u212a"),
        ("x" * 40, "x" * 41, "X" + "x" * 39, "X" + "x" * 40, "X" + "x" * 300, "X" + "x" * 301),
    ],
    ids=("case", "signs", "nothing left", "accents", "length"),
)
def test_members_that_look_alike_have_their_own_history(alike: tuple[str, ...]) -> None:
    addresses = [history_address("h", "k", "region", member) for member in alike]
    assert len(set(addresses)) == len(alike)
    assert all(SAFE.match(address) for address in addresses)


def test_no_member_can_be_named_like_the_hash_of_another() -> None:
    address = history_address("h", "k", "region", "é")
    taken = hash_in(address)
    for member in (taken, taken.capitalize(), f"-{taken}", f"é-{taken}"):
        assert history_address("h", "k", "region", member) != address


def test_pieces_of_names_cannot_change_sides() -> None:
    parts = ("a", "a_b", "b", "b_c")
    every = list(product(parts, parts, ("all", *parts), ("all", "A", "B", "A_b", "a-b")))
    addresses = {history_address(*one) for one in every}
    assert len(addresses) == len(every)


@given(st.lists(holdings, min_size=2, max_size=12, unique=True))
def test_different_holdings_never_share_an_address(different: list[tuple[str, str, str, str]]) -> None:
    assert all(is_name(name) for holding in different for name in holding[:3])
    for one, other in combinations(different, 2):
        assert history_address(*one).casefold() != history_address(*other).casefold()


@given(st.text(), st.text())
def test_different_members_never_share_an_address(one: str, other: str) -> None:
    assume(one != other)
    assert history_address("h", "k", "region", one) != history_address("h", "k", "region", other)


@given(members)
def test_an_address_is_safe_and_fits_a_file_system(member: str) -> None:
    longest = "n" * 63
    address = history_address(longest, longest, longest, member)
    assert SAFE.match(address)
    assert len(address.removeprefix("history/").encode()) <= LONGEST_FILE_NAME


def test_a_holder_that_is_called_like_a_page_of_our_own_gets_another_file() -> None:
    assert scorecard_address("index") == "index_.html"
    assert scorecard_address("checks") == "checks_.html"
    assert scorecard_address("sales_west") == "sales_west.html"
