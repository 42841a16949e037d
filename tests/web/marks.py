"""A catalogue that marks what goes through it, and what of a page stands outside of the marks."""

import re
import unicodedata
from collections.abc import Sequence
from html.parser import HTMLParser
from typing import NamedTuple

from babel.support import NullTranslations

VOID = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
SAID = ("aria-label", "alt", "placeholder", "title")
# Addresses, zones, ids and names of products are the same in every language, and so is a long name cut short.
SAME = re.compile(
    r"https?://\S*|\bt[0-9a-f]{10}\b|\bwww\.[\w./-]+|webcals?://\S+|[\w.+-]+@[\w.-]+|\b[A-Z][A-Za-z]+/[A-Z][A-Za-z_/]+|\bUTC\b|"
    r"\b(?:action|activity|turn|meeting|decision|handover|programme|outcome)-\d[\w-]*|\b[\w-]+-\d{4}-\d\d-\d\d|"
    r"\b(?:Google Calendar|Outlook|Apple|Thunderbird|Nextcloud|Slack|Teams|Markdown|PDF|CSV|JSON|YAML|API)\b"
)


# What is offered by its id alone, such as action.open.
ID = re.compile(r"[a-z-]+\.[a-z-]+")


class Marked(NullTranslations):
    """A catalogue that shows what went through it."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, num: int) -> str:
        return f"⟦{msgid1 if num == 1 else msgid2}⟧"


class Text(NamedTuple):
    """What a page says in one place, and where; `free` is what needs no translation there."""

    text: str
    where: str
    free: bool


class Said(HTMLParser):
    """Every text that a page shows, or tells those who hear it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[Text] = []
        self._open: list[tuple[str, bool]] = []
        self._option: str | None = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        free = bool(self._open and self._open[-1][1])
        free = free or given.get("dir") == "auto" or tag in ("bdi", "code", "style", "script", "textarea")
        free = free or (tag != "html" and "lang" in given)
        self.texts += [Text(given[name], f"{tag} {name}", False) for name in SAID if given.get(name)]
        self._option = given.get("value") if tag == "option" else ""
        if tag not in VOID:
            self._open.append((tag, free))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        tag, free = self._open[-1] if self._open else ("", False)
        text = data.strip()
        is_id = text == self._option or (self._option is None and ID.fullmatch(text) is not None)
        self.texts.append(Text(data, tag, free or (tag == "option" and is_id)))


def unsaid(html: str, names: Sequence[str]) -> list[str]:
    """What of a page stands outside of the marks. A text of theirs may be named again where no mark-up can be."""
    found, depth, texts = [], 0, Said(html).texts
    theirs = sorted({text for one in texts if one.free and (text := one.text.strip())}, key=len, reverse=True)
    for one in texts:
        plain = one.where == "title" or " " in one.where
        rest, after = _outside(one.text, 0 if plain else depth)
        depth = depth if plain else after
        if not one.free and _has_words(rest, [*theirs, *names] if plain else names):
            found.append(f"<{one.where}> {' '.join(one.text.split())[:120]}")
    return found + ([f"marks that do not close: {depth}"] if depth else [])


def _outside(text: str, depth: int) -> tuple[str, int]:
    rest = []
    for letter in text:
        if letter == "⟦":
            depth += 1
        elif letter == "⟧":
            depth -= 1
        elif depth == 0:
            rest.append(letter)
    return "".join(rest), depth


def _has_words(text: str, names: Sequence[str]) -> bool:
    left = SAME.sub(" ", text)
    for name in names:
        left = left.replace(name, " ")
    cut = left.strip(" 0123456789.")
    if cut.endswith("…") and any(name.startswith(cut[:-1].strip()) for name in names):
        return False
    return any(unicodedata.category(letter).startswith("L") for letter in left)
