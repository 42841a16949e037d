"""What no header of a mail may hold, checked before it is written and once more in what was written (T21 to T23)."""

import re
from collections.abc import Iterable, Sequence
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from typing import Any

from service.notifications.mailing.policy import READING

_ADDRESSING = {"from", "to", "reply-to", "subject", "date", "message-id"}
_LIST = {"list-id", "list-unsubscribe", "list-unsubscribe-post"}
_HEADERS = _ADDRESSING | _LIST | {"auto-submitted", "mime-version", "content-type", "content-language"}
# Control characters, and what Unicode and old servers take for the end of a line.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# One mailbox, its local part a dot-atom: no quotes, no comments, no route (RFC 5321 4.1.2 without its old forms).
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_MAILBOX = re.compile(
    rf"(?=.{{3,254}}\Z)(?=[^@]{{1,64}}@)(?!.*=\?){_ATOM}(?:\.{_ATOM})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*"
)
_URL = re.compile(r"https?://[!#-;=?-~]{1,900}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_LIST_ID = re.compile(r"[A-Za-z0-9._-]{1,255}")
# A word may be encoded twice, so that it shows its face only to the reader.
_DEEPEST = 5


class UnsafeMail(ValueError):
    """A mail whose headers are not those that were meant; it is never sent (threat T22)."""


def check_input(
    mailboxes: Iterable[str], texts: Iterable[str], list_ids: Iterable[str], url: str | None, language: str | None
) -> None:
    """See that every value may stand in a header.

    Raises:
        UnsafeMail: one may not.
    """
    for mailbox in mailboxes:
        if _MAILBOX.fullmatch(mailbox) is None:
            raise UnsafeMail("a mailbox is not one plain address")
    for text in texts:
        _check_text(text)
    for list_id in list_ids:
        if _LIST_ID.fullmatch(list_id) is None:
            raise UnsafeMail("the List-Id holds what it may not")
    if url is not None and _URL.fullmatch(url) is None:
        raise UnsafeMail("the address to unsubscribe at is no plain address")
    if language is not None and _LANGUAGE.fullmatch(language) is None:
        raise UnsafeMail("the language is no tag")


def _check_text(text: str) -> None:
    """No line ends and no other control characters, also when encoded words (RFC 2047) in it are read."""
    for _ in range(_DEEPEST):
        if _CONTROL.search(text):
            raise UnsafeMail("a header would hold a control character")
        if "=?" not in text:
            return
        try:
            read = str(make_header(decode_header(text)))
        except (MessageError, LookupError, ValueError):
            raise UnsafeMail("a header would hold an encoded word that cannot be read") from None
        if read == text:
            return
        text = read
    raise UnsafeMail("a header would hold words that are encoded again and again")


def _addresses(header: Any) -> Sequence[Any]:
    return getattr(header, "addresses", ())


def check_written(written: bytes, sender: str, recipient: str, reply_to: str | None) -> None:
    """Read a mail back: just the headers that were set, each once, and in each the one mailbox that was meant.

    Raises:
        UnsafeMail: it is not so.
    """
    seen: Message = BytesHeaderParser(policy=READING).parsebytes(written)
    names = [name.lower() for name in seen]
    if not set(names) <= _HEADERS or len(names) != len(set(names)):
        raise UnsafeMail(f"unexpected headers: {sorted(set(names) - _HEADERS)}")
    meant = {"from": sender, "to": recipient, "reply-to": reply_to}
    for name, mailbox in meant.items():
        found = [address.addr_spec for address in _addresses(seen[name])] if name in seen else [None]
        if found != [mailbox]:
            raise UnsafeMail(f"the header {name} does not hold the mailbox that was meant")
    _check_text(str(seen["subject"]))
