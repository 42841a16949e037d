"""What a mail server's answer means for a mailbox (RFC 3463, RFC 5321 4.2). Pure."""

import re
from datetime import date, timedelta
from typing import Literal

Kind = Literal["hard", "soft", "policy"]

# So many hard bounces on days of their own, and a mailbox gets nothing more until somebody says that it works.
MOST_BOUNCES = 5
# A mailbox that has given nothing back for this long counts from the start again.
FORGIVEN_AFTER = timedelta(days=30)

_STATUS = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})(?!\S)")
# Servers that give no enhanced status say what they mean in words.
_POLICY = re.compile(
    r"\b(?:spam|spf|dkim|dmarc|policy|polic(?:y|ies)|block(?:ed|list)|blacklist(?:ed)?|reputation|relay(?:ing)?|"
    r"denied|unsolicited|virus|malware)\b",
    re.IGNORECASE,
)
# A mailbox that is not there, is shut for good, or lies in a domain that takes no mail; 5.4.1 is how some large
# servers say so. 5.1.7 and 5.1.8 are about our own address.
_GONE = {"5.2.1", "5.4.1", "5.4.4"}
_OURS = {"5.1.7", "5.1.8"}


def status_of(code: int, text: str) -> str | None:
    """The enhanced status of a refusal: as the server wrote it, or what its code and words come to; None if neither."""
    found = _STATUS.match(text)
    if found and found[1][0] == str(code)[0]:
        return found[1]
    if code < 500:
        return "4.2.2" if code == 452 else None
    if _POLICY.search(text):
        return "5.7.1"
    return {550: "5.1.1", 551: "5.1.6", 552: "5.2.2", 553: "5.1.3", 521: "5.3.2"}.get(code, "5.0.0")


def kind_of(status: str, *, final: bool = False) -> Kind | None:
    """What a status says of the mailbox: gone (hard), full or the like (soft), or of us and our mail (policy).

    None for a delay that says nothing of it; `final` is for one after which the other side has given up.
    """
    if status[0] != "5":
        return "soft" if final or status.startswith("4.2.") else None
    if status.startswith("5.7.") or status in _OURS:
        return "policy"
    if status.startswith("5.1.") or status in _GONE:
        return "hard"
    return "soft"


def counted(bounces: int, last_on: date | None, today: date) -> int:
    """How many hard bounces stand against a mailbox after one more today: at most one a day (threat T70)."""
    if last_on is not None and last_on >= today and last_on - today < FORGIVEN_AFTER:
        return bounces
    if last_on is None or today - last_on > FORGIVEN_AFTER:
        return 1
    return bounces + 1
