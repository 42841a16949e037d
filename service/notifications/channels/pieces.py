"""A message as the pieces that chat channels lay out, all of them plain text. Pure."""

from typing import Literal, NamedTuple

from service.language.speech import _
from service.notifications.wording.common import pair
from service.notifications.wording.message import Message

Style = Literal["title", "lead", "plain", "heading", "small"]
CUT = "…"
_LABEL, _LINK, _LINKS = 75, 3000, 5


class Piece(NamedTuple):
    """A paragraph; its lines may be many."""

    style: Style
    text: str


def pieces(message: Message) -> list[Piece]:
    """What a message says, in order: its subject first, why it came last."""
    changed = "\n".join(
        pair(what, _("{before} → {now}", before=before, now=now)) for what, before, now in message.changes
    )
    facts = "\n".join(pair(label, value) for label, value in message.facts)
    found = [Piece("title", message.subject), Piece("lead", message.lead)]
    found += [Piece("plain", note) for note in message.notes]
    found += [Piece("plain", changed), Piece("plain", facts)]
    for heading, lines in message.lists:
        found += [Piece("heading", heading), Piece("plain", "\n".join(f"• {line}" for line in lines))]
    found += [Piece("plain", message.text), Piece("small", message.because)]
    return [piece for piece in found if piece.text.strip()]


def links(message: Message) -> list[tuple[str, str]]:
    """What can be done, by label and address: addresses of the web alone (threat T26)."""
    safe = [(label, url) for label, url in message.actions if url.startswith(("https://", "http://"))]
    return [(cut(label, _LABEL), url) for label, url in safe if len(url) <= _LINK][:_LINKS]


def cut(text: str, most: int) -> str:
    """A text of at most so many UTF-16 units, as the other side may count them, with a sign where it was cut."""
    units = text.encode("utf-16-le")
    if len(units) <= 2 * most:
        return text
    return units[: 2 * (most - 1)].decode("utf-16-le", "ignore") + CUT
