"""A message as the text and the HTML of a mail, in the language spoken now."""

import re
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from service.language import speech
from service.notifications.wording.message import Message

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.globals["_"] = speech._
_WIDTH = 74


class Wording(NamedTuple):
    """A message before it is a mail."""

    subject: str
    text: str
    html: str


class Foot(NamedTuple):
    """What stands below every mail: the group with its page, and how the reader changes what reaches them.

    `to_chair` says whether an answer by mail reaches the chair: nobody's does while it is vacant.
    """

    group: str
    url: str
    choices: str | None = None
    is_duty: bool = False
    to_chair: bool = True


def rendered(message: Message, name: str, foot: Foot) -> Wording:
    """A mail that says one thing."""
    return _worded("message", message.subject, name, foot, message=message)


def gathered(message: Message, name: str, foot: Foot, items: Sequence[Message]) -> Wording:
    """A mail that says several things which were gathered for it; `message` opens it."""
    return _worded("digest", message.subject, name, foot, message=message, items=items)


def _worded(template: str, subject: str, name: str, foot: Foot, **values: Any) -> Wording:
    said = values | foot._asdict() | {
        "subject": subject,
        "name": name,
        "language": speech.language(),
        "direction": speech.direction(),
        "is_draft": speech.is_draft(),
    }  # fmt: skip
    text = _templates.get_template(f"{template}.txt").render(said)
    return Wording(subject, _flowed(text), _templates.get_template(f"{template}.html").render(said))


def _flowed(text: str) -> str:
    """Lines short enough for a terminal; a space before the break says that a wider reader may join them (RFC 3676)."""
    lines: list[str] = []
    for line in re.sub(r"\n{3,}", "\n\n", text).strip("\n").split("\n"):
        line = line.rstrip()
        indent = "  " if line.startswith(("- ", "[ ] ")) else ""
        parts = textwrap.wrap(
            line, _WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
        )  # fmt: skip
        lines += [f"{part} " for part in parts[:-1]] + parts[-1:] if parts else [""]
    return "\n".join(lines) + "\n"
