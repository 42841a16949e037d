"""The kinds of text that may enter: one clean line, clean paragraphs, an id, a zone.

Text is stored in NFC. Control characters, lone surrogates, line separators and bidirectional
overrides are refused at the door, so that no feed, mail or page has to defend itself again.
"""

import re
import unicodedata
import zoneinfo
from functools import cache
from typing import Annotated

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, StringConstraints

_OVERRIDES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
_UNSAFE = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029{_OVERRIDES}\ud800-\udfff]")
_MARKS_IN_A_ROW = 8


def clean(text: str, *, keep: str = "") -> str:
    """`text` in NFC and stripped.

    Raises:
        ValueError: a control character (other than those in `keep`), a lone surrogate, a line
            separator, a bidirectional override, or more combining marks in a row than any script uses.
    """
    for found in _UNSAFE.finditer(text):
        if found.group() not in keep:
            raise ValueError(f"has the character U+{ord(found.group()):04X}; take it out")
    marks = 0
    for letter in text:
        marks = marks + 1 if unicodedata.combining(letter) else 0
        if marks > _MARKS_IN_A_ROW:
            raise ValueError(f"has more than {_MARKS_IN_A_ROW} combining marks on one letter; take them out")
    return unicodedata.normalize("NFC", text).strip()


def _line(text: str) -> str:
    cleaned = clean(text)
    if not cleaned:
        raise ValueError("is empty; write a text")
    return cleaned


def _paragraphs(text: str) -> str:
    return clean(text, keep="\n\t")


@cache
def zones() -> frozenset[str]:
    """Every zone that may be named; looked up once, since it walks the disk."""
    return frozenset(zoneinfo.available_timezones())


def _zone(name: str) -> str:
    if name not in zones():
        raise ValueError("is no time zone; write an IANA name such as Europe/Zurich or Africa/Addis_Ababa")
    return name


def _https(address: str) -> str:
    cleaned = _line(address)
    if not re.fullmatch(r"https://[A-Za-z0-9.-]+(:\d{1,5})?(/[^\s<>\"']*)?", cleaned):
        raise ValueError("is no https address; write it as https://host/path")
    return cleaned


def mailbox(address: str) -> str:
    """One mail address with an ASCII local part and domain, as it goes into a header.

    Raises:
        ValueError: anything but one plain mailbox (threat T23).
    """
    try:
        found = validate_email(
            clean(address), check_deliverability=False, allow_smtputf8=False, strict=True, test_environment=True
        )
    except EmailNotValidError as error:
        raise ValueError(f"is no mail address that can be used: {error}") from None
    return found.normalized


Line = Annotated[str, StringConstraints(max_length=300), AfterValidator(_line)]
Text = Annotated[str, StringConstraints(max_length=4000), AfterValidator(_paragraphs)]
LongText = Annotated[str, StringConstraints(max_length=60_000), AfterValidator(_paragraphs)]
ID_PATTERN = r"^[a-z0-9][a-z0-9-]{0,39}$"
Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
Zone = Annotated[str, StringConstraints(max_length=60), AfterValidator(_zone)]
HttpsUrl = Annotated[str, StringConstraints(max_length=500), AfterValidator(_https)]
Mailbox = Annotated[str, StringConstraints(max_length=254), AfterValidator(mailbox)]
