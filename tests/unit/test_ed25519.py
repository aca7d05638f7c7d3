"""A signature counts exactly where OpenSSL alone says that it is one, also those that implementations differ on.

The hard cases are made by textbook arithmetic on the curve (RFC 8032): keys and points of small order or with a part
of small order, numbers written in two ways, and sums that hold only when they are multiplied by eight.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from hashlib import sha256, sha512
from itertools import product

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

from kpiledger.ledger.ed25519 import HOLDS_TIMES_EIGHT, is_signed_by

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int]
BASE_Y = 4 * pow(5, -1, P) % P
ZERO: Point = (0, 1)
Case = tuple[bytes, bytes, bytes]


def add(one: Point, other: Point) -> Point:
    (x1, y1), (x2, y2) = one, other
    both = D * x1 * x2 * y1 * y2 % P
    x = (x1 * y2 + x2 * y1) * pow(1 + both, -1, P) % P
    return x, (y1 * y2 + x1 * x2) * pow(1 - both, -1, P) % P


@cache
def times(number: int, point: Point) -> Point:
    found = ZERO
    while number:
        if number & 1:
            found = add(found, point)
        point, number = add(point, point), number >> 1
    return found


def x_of(y: int) -> int | None:
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    return x if x * x % P == square else None


def written(point: Point, more: int = 0) -> bytes:
    """The bytes of a point; `more` is P where its y is to be written in the way that is not canonical."""
    x, y = point
    return (y + more | (x & 1) << 255).to_bytes(32, "little")


def base() -> Point:
    x = x_of(BASE_Y)
    assert x is not None
    return (x if x % 2 == 0 else P - x), BASE_Y


BASE = base()


def points_of_small_order() -> list[Point]:
    """All eight: multiples of one of order eight, which is what is left of a point that is taken ORDER times."""
    for y in range(2, 100):
        x = x_of(y)
        if x is not None and times(4, found := times(ORDER, (x, y))) != ZERO:
            return [times(number, found) for number in range(8)]
    raise AssertionError("no point of order eight")


SMALL = points_of_small_order()


def hashed(point: bytes, key: bytes, message: bytes) -> int:
    return int.from_bytes(sha512(point + key + message).digest(), "little") % ORDER


def cases() -> Iterator[Case]:
    """Key, signature and message, where what is signed fits up to parts of small order."""
    secret, nonce = (int.from_bytes(sha256(word).digest(), "little") % ORDER for word in (b"secret", b"nonce"))
    shift = [times(0, BASE), *SMALL[1:]]
    for (a, r), of_key, of_point, number in product([(secret, nonce), (0, nonce), (0, 0)], shift, shift, range(6)):
        key_point, point = add(times(a, BASE), of_key), add(times(r, BASE), of_point)
        message = b"message %d" % number
        for key_more, point_more in product((0, P), repeat=2):
            if any(of[1] >= 19 for of, more in ((key_point, key_more), (point, point_more)) if more):
                continue  # only these have a second way to be written
            key, shown = written(key_point, key_more), written(point, point_more)
            sum_ = (r + hashed(shown, key, message) * a) % ORDER
            yield key, shown + sum_.to_bytes(32, "little"), message
            yield key, shown + (sum_ + ORDER).to_bytes(32, "little"), message


def openssl(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def libsodium(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        return crypto_sign_open(signature + message, public) == message
    except BadSignatureError:
        return False


def test_what_implementations_differ_on_counts_as_openssl_says() -> None:
    said = Counter()
    for case in cases():
        expected = openssl(*case)
        assert is_signed_by(*case) is expected, case
        said[expected, libsodium(*case)] += 1
    # None that libsodium alone accepts; and the cases are worth the name: there are some of each other kind.
    assert said[False, True] == 0
    assert min(said[True, True], said[True, False], said[False, False]) > 10, said


def point_of(shown: bytes) -> Point:
    number = int.from_bytes(shown, "little")
    y = number & (1 << 255) - 1
    x = x_of(y)
    assert x is not None
    return (x if x & 1 == number >> 255 else P - x), y


def test_a_libsodium_that_accepts_more_would_not_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its sum differs from the point by one of small order: eight times both is the same, and OpenSSL says no."""
    key, signature, message = HOLDS_TIMES_EIGHT
    shown, number = signature[:32], int.from_bytes(signature[32:], "little")
    key_point = point_of(key)
    other = add(point_of(shown), times(hashed(shown, key, message), key_point))
    assert times(number, BASE) != other
    assert times(8, times(number, BASE)) == times(8, other)
    assert not openssl(*HOLDS_TIMES_EIGHT)
    assert not is_signed_by(*HOLDS_TIMES_EIGHT)
    # As if this were such a libsodium, which takes anything.
    monkeypatch.setattr("kpiledger.ledger.ed25519._by_libsodium", lambda *_: True)
    assert is_signed_by(*HOLDS_TIMES_EIGHT)
    monkeypatch.setattr("kpiledger.ledger.ed25519._IS_AS_STRICT", False)
    assert not is_signed_by(*HOLDS_TIMES_EIGHT)


private = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
public = private.public_key().public_bytes_raw()


def test_a_signature_counts_and_none_of_its_bits_can_change() -> None:
    message = b"a target"
    signature = private.sign(message)
    assert is_signed_by(public, signature, message)
    for bit in range(512):
        changed = (int.from_bytes(signature, "big") ^ 1 << bit).to_bytes(64, "big")
        assert not is_signed_by(public, changed, message)
    for bit in range(256):
        changed = (int.from_bytes(public, "big") ^ 1 << bit).to_bytes(32, "big")
        assert is_signed_by(changed, signature, message) is openssl(changed, signature, message)


@pytest.mark.parametrize("split", [0, 1, 31, 32, 63, 65, 70])
def test_bytes_do_not_pass_from_the_signature_to_the_message_or_back(split: int) -> None:
    signature, message = private.sign(b"a target"), b"a target"
    whole = signature + message
    assert not is_signed_by(public, whole[:split], whole[split:])


@given(st.binary(max_size=40), st.binary(max_size=80), st.binary(max_size=40))
def test_no_bytes_raise(key: bytes, signature: bytes, message: bytes) -> None:
    assert is_signed_by(key, signature, message) is openssl(key, signature, message)
