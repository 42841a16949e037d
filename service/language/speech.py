"""Saying something in the language of whoever reads: `with speaking("fr"): _("Until {day}", day=…)`.

English outside of such a block. Every text that people read is written here once, in English, as a whole sentence
with named places, so that each language can put them in its own order.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from service.language.catalogues import RIGHT_TO_LEFT, drafts, translations

_language: ContextVar[str] = ContextVar("language", default="en")


@contextmanager
def speaking(language: str) -> Iterator[str]:
    """Say everything in `language` (one of `catalogues.LANGUAGES`) until the block ends."""
    token = _language.set(language)
    try:
        yield language
    finally:
        _language.reset(token)


def language() -> str:
    """The language that is spoken now."""
    return _language.get()


def direction() -> str:
    """How it is written: ltr or rtl."""
    return "rtl" if language() in RIGHT_TO_LEFT else "ltr"


def is_draft() -> bool:
    """Whether the language spoken now has translations that nobody has reviewed."""
    return drafts(language()) > 0


def _(message: str, /, **values: object) -> str:
    """A message in the language spoken now, its places filled."""
    said = translations(language()).gettext(message)
    return filled(said, **values) if values else said


def ngettext(one: str, many: str, n: int, /, **values: object) -> str:
    """A message in the form that goes with the number `n`, which fills the place {n}."""
    return filled(translations(language()).ngettext(one, many, n), n=n, **values)


def filled(said: str, /, *places: object, **values: object) -> str:
    """A message with its places filled.

    Where it is written from right to left, what fills a place keeps its own direction (Unicode isolates, UAX 9), so
    that a name or a number of another script does not turn the sentence around. An address is left as it is, since
    programs that make a link of it would take the sign into it.
    """
    if direction() == "rtl":
        places, values = tuple(map(_isolated, places)), {name: _isolated(value) for name, value in values.items()}
    return said.format(*places, **values)


def _isolated(value: object) -> object:
    apart = isinstance(value, str) and value and not value.startswith(("http://", "https://"))
    return f"\u2068{value}\u2069" if apart else value


def N_(message: str) -> str:
    """Marks a message of a table for the catalogues; it is translated where it is said."""
    return message
