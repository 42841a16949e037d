"""What is signed: by HMAC-SHA-256, for one purpose, with the present key; the key before is still believed."""

import hmac
import string
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
        for other in {"A", "B", "Q"} - {letter}:
            assert signed.read("a-purpose", text[:place] + other + text[place + 1 :]) is None, place
    for wrong in ("", ".", text.partition(".")[0], text + "x", "é", "\0"):
        assert signed.read("a-purpose", wrong) is None


def test_what_is_signed_is_written_in_one_way_only() -> None:
    """Of the last letter of a signature four bits count of six, and a reader of base64 may pass over what is none."""
    text = signed.sign("a-purpose", VALUE)
    letters = string.ascii_letters + string.digits + "-_"
    ways = [letter for letter in letters if signed.read("a-purpose", text[:-1] + letter) is not None]
    assert ways == [text[-1]]
    for stray in "!=+/ \n":
        for place in range(text.rindex("."), len(text) + 1):
            assert signed.read("a-purpose", text[:place] + stray + text[place:]) is None, (stray, place)


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
