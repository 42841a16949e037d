"""What is signed: by HMAC-SHA-256, for one purpose, with the present key; the key before is still believed."""

import hmac
from base64 import urlsafe_b64encode

import pytest

from service import settings, signed

VALUE = ["gmg", "ilo", "2008-07-01", "p1"]


def test_what_is_signed_comes_back_as_it_was() -> None:
    assert signed.read("a-purpose", signed.sign("a-purpose", VALUE)) == VALUE


def test_what_is_signed_for_one_purpose_is_good_for_no_other() -> None:
    text = signed.sign("a-purpose", VALUE)
    assert signed.read("another", text) is None
    assert signed.read("", text) is None


def test_a_changed_letter_anywhere_is_seen() -> None:
    text = signed.sign("a-purpose", VALUE)
    for place, letter in enumerate(text):
        # Of the last letter of the signature only four of six bits count.
        other = "A" if letter not in "ABCD" else "Q"
        assert signed.read("a-purpose", text[:place] + other + text[place + 1 :]) is None, place
    for wrong in ("", ".", text.partition(".")[0], text + "x", "é", "\0"):
        assert signed.read("a-purpose", wrong) is None


def test_a_signature_is_hmac_sha_256_by_a_key_of_its_purpose() -> None:
    """ASVS 5.0.0, 11.2.3 and 11.4.1: neither the signature nor the key of the purpose is made by SHA-1."""
    said, _, signature = signed.sign("a-purpose", VALUE).partition(".")
    key = hmac.digest(settings.current().secret(), b"a-purpose", "sha256")
    made = hmac.digest(key, said.encode(), "sha256")
    assert signature == urlsafe_b64encode(made).rstrip(b"=").decode()


def test_what_another_key_has_signed_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    text = signed.sign("a-purpose", VALUE)
    before = settings.current().secret().decode()
    monkeypatch.setenv("GMG_SECRET_KEY", "k" * 40)
    settings.current.cache_clear()
    assert signed.read("a-purpose", text) is None
    monkeypatch.setenv("GMG_SECRET_KEY_BEFORE", before)
    settings.current.cache_clear()
    assert signed.read("a-purpose", text) == VALUE
