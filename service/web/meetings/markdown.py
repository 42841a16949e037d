"""The little of Markdown that minutes are written in, as HTML: headings, lists, paragraphs, strong words. Pure.

Everything is escaped first; there are no links, no pictures and no HTML in it.
"""

import re
from collections.abc import Iterator

from markupsafe import Markup, escape

_HEADING = re.compile(r"#{1,6}\s+(\S.*)")
_BULLET = re.compile(r"\s*[-*+]\s+(.+)")
_NUMBER = re.compile(r"\s*\d{1,3}[.)]\s+(.+)")
_STRONG = re.compile(r"\*\*(.+?)\*\*")


def shown(text: str) -> Markup:
    """A text as HTML. Headings are of the third rank, since the page has its own above them."""
    return Markup("\n").join(_block(block) for block in _blocks(text))


def _blocks(text: str) -> Iterator[list[str]]:
    """Lines that belong together: of one paragraph, of one list, or a heading alone."""
    block: list[str] = []
    for line in text.splitlines():
        if block and (not line.strip() or _kind(line) != _kind(block[-1]) or _kind(line) == "h3"):
            yield block
            block = []
        if line.strip():
            block.append(line)
    if block:
        yield block


def _kind(line: str) -> str:
    kinds = (("h3", _HEADING), ("ul", _BULLET), ("ol", _NUMBER))
    return next((kind for kind, pattern in kinds if pattern.fullmatch(line)), "p")


def _block(lines: list[str]) -> Markup:
    kind = _kind(lines[0])
    if kind == "h3":
        return Markup('<h3 dir="auto">{}</h3>').format(_inline(_HEADING.sub(r"\1", lines[0]).rstrip("# ")))
    if kind == "p":
        return Markup('<p dir="auto">{}</p>').format(Markup("<br>").join(_inline(line) for line in lines))
    pattern = _BULLET if kind == "ul" else _NUMBER
    point = Markup('<li dir="auto">{}</li>')
    points = Markup().join(point.format(_inline(pattern.sub(r"\1", line))) for line in lines)
    return Markup("<{0}>{1}</{0}>").format(kind, points)


def _inline(line: str) -> Markup:
    return Markup(_STRONG.sub(r"<strong>\1</strong>", str(escape(line))))  # noqa: S704 - escaped before
