"""The catalogues: one `.po` a language beside this file, the English text being the key of each message.

A translation that nobody has reviewed is marked `fuzzy`, as every tool of translators shows it. It is used all the
same, and whoever reads it is told that it is a draft.
"""

from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

# In the order of the United Nations, with the name that each has for itself.
NAMES = {"ar": "العربية", "zh": "中文", "en": "English", "fr": "Français", "ru": "Русский", "es": "Español"}
LANGUAGES = tuple(NAMES)
# What is written from right to left.
RIGHT_TO_LEFT = ("ar",)
FOLDER = Path(__file__).parent / "locales"


def catalogue(language: str) -> Catalog:
    """The messages of a language as its file has them."""
    with (FOLDER / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language, domain="messages")


@lru_cache
def translations(language: str) -> NullTranslations:
    """What is said in a language; drafts as well. English is what the code says."""
    if language == "en":
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, catalogue(language), use_fuzzy=True)
    compiled.seek(0)
    return Translations(compiled)


@lru_cache
def drafts(language: str) -> int:
    """How many translations of a language nobody has reviewed; none in English."""
    return 0 if language == "en" else sum(1 for one in catalogue(language) if one.id and one.fuzzy)


def known(tag: str | None) -> str | None:
    """The language that a tag or a name stands for, such as fr, fr-CH or Français; None for one not spoken here."""
    if not tag:
        return None
    asked = tag.strip().casefold()
    short = asked.replace("_", "-").partition("-")[0]
    names = {name.casefold(): code for code, name in NAMES.items()} | _IN_ENGLISH
    return short if short in NAMES else names.get(asked)


_IN_ENGLISH = {"arabic": "ar", "chinese": "zh", "english": "en", "french": "fr", "russian": "ru", "spanish": "es"}
