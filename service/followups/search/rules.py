"""What is looked for, and what of a text is shown of it. Pure; nobody writes a pattern of their own (threat T60)."""

import re
from typing import Literal

Kind = Literal["decision", "activity", "action", "minutes"]
# The order in which kinds are shown.
KINDS: tuple[Kind, ...] = ("decision", "activity", "action", "minutes")
SHORTEST, LONGEST = 2, 100
WORDS = 8
ESCAPE = "\\"
_BEFORE, _AFTER = 60, 120
_SPACE = re.compile(r"\s+")


def words_of(text: str) -> list[str]:
    """The words that all have to be found, each once."""
    return list(dict.fromkeys(text.split()))


def patterns(word: str) -> list[str]:
    """What LIKE is given for a word: as it stands, and in small and capital letters.

    SQLite takes small for capital letters in ASCII alone.
    """
    forms = [word] if word.isascii() else dict.fromkeys((word, word.lower(), word.upper()))
    return [f"%{_literal(form)}%" for form in forms]


def _literal(word: str) -> str:
    for special in (ESCAPE, "%", "_"):
        word = word.replace(special, ESCAPE + special)
    return word


def snippet(texts: list[str], words: list[str]) -> str:
    """A line out of the first text in which a word stands, around that word; else the beginning of the first."""
    plain = [_SPACE.sub(" ", text).strip() for text in texts if text]
    for text in plain:
        places = [at for word in words if (at := text.casefold().find(word.casefold())) >= 0]
        if places:
            return _cut(text, min(places))
    return _cut(plain[0], 0) if plain else ""


def _cut(text: str, at: int) -> str:
    first, last = max(0, at - _BEFORE), min(len(text), at + _AFTER)
    return f"{'…' if first else ''}{text[first:last]}{'…' if last < len(text) else ''}"
