"""A message as Slack takes it (Block Kit): plain text in blocks, links on buttons alone. Pure.

Nothing of a message is markup there, so `<!channel>` and `<http://x|bank>` are read as they are written (threat T26).
The fallback `text`, which notifications show, is always read for markup; there `&`, `<` and `>` are escaped.
"""

import json
from typing import Any

from service.notifications.channels.pieces import CUT, Piece, cut, links, pieces
from service.notifications.wording.message import Message

# Limits of Block Kit: blocks of a message, characters of a header, of a text.
BLOCKS, HEADER, TEXT = 50, 150, 3000
# All texts together; the rest is behind the buttons.
_ALL = 12_000


def body(message: Message) -> bytes:
    """A message as the channel takes it. What is too long is cut; its buttons lead to all of it."""
    buttons = [_button(label, url) for label, url in links(message)]
    last = [{"type": "actions", "elements": buttons}] if buttons else []
    blocks: list[dict[str, Any]] = []
    left = _ALL
    for piece in pieces(message):
        if len(blocks) + len(last) + 1 == BLOCKS or left <= 0:
            blocks.append(_block(Piece("plain", CUT)))
            break
        text = cut(piece.text, min(HEADER if piece.style == "title" else TEXT, left))
        blocks.append(_block(Piece(piece.style, text)))
        left -= len(text)
    text = cut(_escaped(f"{message.subject}: {message.lead}"), TEXT)
    return json.dumps(
        {"text": text, "blocks": blocks + last, "mrkdwn": False, "link_names": False, "parse": "none"},
        ensure_ascii=False,
    ).encode()


def _block(piece: Piece) -> dict[str, Any]:
    if piece.style == "title":
        return {"type": "header", "text": _plain(piece.text)}
    if piece.style == "small":
        return {"type": "context", "elements": [_plain(piece.text)]}
    return {"type": "section", "text": _plain(piece.text)}


def _button(label: str, url: str) -> dict[str, Any]:
    return {"type": "button", "text": _plain(label), "url": url}


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
