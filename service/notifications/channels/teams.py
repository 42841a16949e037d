"""A message as a Teams workflow takes it: an Adaptive Card of text runs, links on buttons alone. Pure.

A text run is no Markdown, unlike a text block, and a mention needs an entity that is never sent; so `[a](x)` and
`<at>all</at>` are read as they are written (threat T26).
"""

import json
from typing import Any

from service.language.catalogues import RIGHT_TO_LEFT
from service.notifications.channels.pieces import CUT, Piece, cut, links, pieces
from service.notifications.wording.message import Message

# Teams takes 28 KB; some are left for what a workflow adds.
MOST = 25_000
_TEXT = 4000
_RUNS: dict[str, dict[str, Any]] = {
    "title": {"size": "Large", "weight": "Bolder"},
    "lead": {"weight": "Bolder"},
    "heading": {"weight": "Bolder"},
    "plain": {},
    "small": {"size": "Small", "isSubtle": True},
}


def body(message: Message) -> bytes:
    """A message as the channel takes it. What is too long is cut; its buttons lead to all of it."""
    said = [_paragraph(Piece(piece.style, cut(piece.text, _TEXT))) for piece in pieces(message)]
    buttons = [{"type": "Action.OpenUrl", "title": label, "url": url} for label, url in links(message)]
    made = _card(message, said, buttons)
    while len(made) > MOST and len(said) > 1:
        # From the end; the sign that it was cut takes the place of what goes.
        said = [*said[: -2 if _is_cut(said[-1]) else -1], _paragraph(Piece("plain", CUT))]
        made = _card(message, said, buttons)
    return made


def _card(message: Message, said: list[dict[str, Any]], buttons: list[dict[str, str]]) -> bytes:
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.5",
        "lang": message.language,
        "rtl": message.language in RIGHT_TO_LEFT,
        "body": said,
        "actions": buttons,
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return json.dumps({"type": "message", "attachments": [attachment]}, ensure_ascii=False).encode()


def _paragraph(piece: Piece) -> dict[str, Any]:
    lines = piece.text.split("\n")
    # Each line is a run of its own: a run keeps no line breaks everywhere.
    runs = [{"type": "TextRun", "text": line + ("\n" if number < len(lines) else "")} | _RUNS[piece.style]
            for number, line in enumerate(lines, 1)]  # fmt: skip
    return {"type": "RichTextBlock", "inlines": runs}


def _is_cut(paragraph: dict[str, Any]) -> bool:
    return bool(paragraph["inlines"][0]["text"] == CUT)
