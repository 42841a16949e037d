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
from pydantic import AfterValidator, Field, StringConstraints

from service.language.speech import _, ngettext

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
            raise ValueError(_("has the character U+{code}; take it out", code=f"{ord(found.group()):04X}"))
    marks = 0
    for letter in text:
        marks = marks + 1 if unicodedata.combining(letter) else 0
        if marks > _MARKS_IN_A_ROW:
            raise ValueError(
                ngettext(
                    "has more than {n} combining mark on one letter; take them out",
                    "has more than {n} combining marks on one letter; take them out",
                    _MARKS_IN_A_ROW,
                )
            )
    return unicodedata.normalize("NFC", text).strip()


def _line(text: str) -> str:
    cleaned = clean(text)
    if not cleaned:
        raise ValueError(_("is empty; write a text"))
    return cleaned


def _paragraphs(text: str) -> str:
    return clean(text, keep="\n\t")


@cache
def zones() -> frozenset[str]:
    """Every zone that may be named; looked up once, since it walks the disk."""
    return frozenset(zoneinfo.available_timezones())


def _zone(name: str) -> str:
    if name not in zones():
        raise ValueError(_("is no time zone; write an IANA name such as Europe/Zurich or Africa/Addis_Ababa"))
    return name


def _https(address: str) -> str:
    cleaned = _line(address)
    if not re.fullmatch(r"https://[A-Za-z0-9.-]+(:\d{1,5})?(/[^\s<>\"']*)?", cleaned):
        raise ValueError(_("is no https address; write it as https://host/path"))
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
    except EmailNotValidError:
        raise ValueError(_no_mailbox()) from None
    # A domain beyond ASCII stays so in this form; not every mail server takes one.
    if not found.normalized.isascii():
        raise ValueError(_no_mailbox())
    return found.normalized


def _no_mailbox() -> str:
    return _("is no mail address that can be used; write it as name@example.org")


# The same in the description of the API, as far as a pattern can say it (ECMA 262, as JSON Schema has it).
_NOT_IN_TEXT = "\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u2028-\\u202e\\u2066-\\u2069\\ufeff"
_NOT_IN_LINE = f"{_NOT_IN_TEXT}\\t\\n"
_LINE = {"minLength": 1, "pattern": f"^[^{_NOT_IN_LINE}]*[^{_NOT_IN_LINE}\\s][^{_NOT_IN_LINE}]*$"}
_TEXT = {"pattern": f"^[^{_NOT_IN_TEXT}]*$"}
_HTTPS = {"pattern": f"^https://[A-Za-z0-9.-]+(:[0-9]{{1,5}})?(/[^{_NOT_IN_LINE}\\s<>\"']*)?$"}

# One line or nothing; whoever takes it says how long it may be.
Clean = Annotated[str, AfterValidator(clean), Field(json_schema_extra={"pattern": f"^[^{_NOT_IN_LINE}]*$"})]
Line = Annotated[str, StringConstraints(max_length=300), AfterValidator(_line), Field(json_schema_extra={**_LINE})]
Text = Annotated[
    str, StringConstraints(max_length=4000), AfterValidator(_paragraphs), Field(json_schema_extra={**_TEXT})
]
LongText = Annotated[
    str, StringConstraints(max_length=60_000), AfterValidator(_paragraphs), Field(json_schema_extra={**_TEXT})
]
ID_PATTERN = r"^[a-z0-9][a-z0-9-]{0,39}$"
Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
Zone = Annotated[
    str, StringConstraints(max_length=60), AfterValidator(_zone), Field(json_schema_extra={"minLength": 1})
]
HttpsUrl = Annotated[
    str, StringConstraints(max_length=500), AfterValidator(_https), Field(json_schema_extra={**_HTTPS})
]
Mailbox = Annotated[
    str, StringConstraints(max_length=254), AfterValidator(mailbox), Field(json_schema_extra={"format": "email"})
]
