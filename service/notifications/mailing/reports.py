"""Notifications that a mail came back, as mail servers write them (RFC 3464). Pure: bytes in, what they say out."""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from typing import NamedTuple

_STATUS = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})\b")
# Where the address stands that the notification was sent to; a mail server that hands it to a pipe adds the last two.
_TO = ("To", "Delivered-To", "X-Original-To")
_MOST_PARTS = 50


class Report(NamedTuple):
    """What a notification says of one recipient.

    `paths` are the headers in which our return path may stand, the notification's own first. `status` is as RFC 3463
    writes it; `failed` is false for a delay or a success.
    """

    paths: tuple[str, ...]
    message_id: str | None
    failed: bool
    status: str
    diagnostic: str


def read_report(raw: bytes) -> Report | None:
    """What a notification says; None where the mail is no notification, such as somebody's automatic reply."""
    mail = message_from_bytes(raw)
    if mail.get_content_type() != "multipart/report":
        return None
    parts = list(_parts(mail))
    status = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    blocks = status.get_payload() if status is not None else None
    if not isinstance(blocks, list) or not blocks:
        return None
    said = [one for one in blocks if isinstance(one, Message) and one["Action"] is not None]
    if not said:
        return None
    one = next((one for one in said if _action(one) == "failed"), said[0])
    returned = _returned(parts)
    return Report(
        paths=(*_headers(mail, *_TO), *_headers(returned, "Return-Path")),
        message_id=next(iter(_headers(returned, "Message-ID")), None),
        failed=_action(one) == "failed",
        status=_status(one),
        diagnostic=_plain(str(one["Diagnostic-Code"] or one["Status"] or "")),
    )


def _parts(mail: Message) -> Iterator[Message]:
    """The parts of the notification itself, not those of what it returns."""
    found = mail.get_payload()
    if isinstance(found, list):
        yield from (part for part in found[:_MOST_PARTS] if isinstance(part, Message))


def _returned(parts: list[Message]) -> Message | None:
    """The headers of the mail that came back."""
    for part in parts:
        kind, inner = part.get_content_type(), part.get_payload()
        if kind in ("message/rfc822", "message/global") and isinstance(inner, list) and isinstance(inner[0], Message):
            return inner[0]
        if kind in ("text/rfc822-headers", "message/rfc822-headers"):
            text = part.get_payload(decode=True)
            return message_from_bytes(text) if isinstance(text, bytes) else None
    return None


def _headers(mail: Message | None, *names: str) -> list[str]:
    return [] if mail is None else [str(value) for name in names for value in mail.get_all(name, [])]


def _action(block: Message) -> str:
    return str(block["Action"]).strip().lower()


def _status(block: Message) -> str:
    """The status; where the server gives none that is more than "failed", what the other side said to it."""
    found = _STATUS.match(str(block["Status"] or ""))
    said = re.search(r"\b([45]\.\d{1,3}\.\d{1,3})\b", str(block["Diagnostic-Code"] or ""))
    if found and (said is None or not found[1].endswith(".0.0")):
        return found[1]
    return said[1] if said else "5.0.0"


def _plain(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
