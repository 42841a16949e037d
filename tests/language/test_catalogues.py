"""Every message has a translation in each of the six languages, whole, with the same places, and marked as a draft."""

import re
from collections.abc import Iterator
from functools import cache
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message

from service.language.catalogues import LANGUAGES, catalogue, drafts, known, translations
from service.language.speech import _, direction, is_draft, language, ngettext, speaking
from service.language.update import TABLE, counted, said

OTHERS = [code for code in LANGUAGES if code != "en"]
# Words that a language writes as English does.
SAME = {
    "fr": {
        "Documents", "Document", "Contacts", "Objections", "Invitations", "Dossier", "dossier", "API", "programme",
        "Programme", "absence", "webhook", "Messages", "Quorum", "Points", "{n} message", "{n} messages", "{n} minute",
        "{n} minutes",
    },
    "es": {"No", "no", "Plan", "API", "token", "webhook", "{name} ({n} byte)", "{name} ({n} bytes)"},
}  # fmt: skip
SCRIPTS = {"ar": r"[\u0600-\u06ff]", "zh": r"[\u4e00-\u9fff]", "ru": r"[\u0400-\u04ff]"}


@cache
def spoken() -> Catalog:
    return said()


def messages(code: str) -> Iterator[Message]:
    return (one for one in catalogue(code) if one.id)


def forms(text: object) -> list[str]:
    return list(text) if isinstance(text, list | tuple) else [str(text)]


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def words(text: str) -> str:
    """What is left to translate: no places, no signs."""
    return re.sub(r"\{[^}]*\}|[\W\d_]", "", text)


@pytest.mark.parametrize("code", OTHERS)
def test_no_message_is_without_a_translation(code: str) -> None:
    have = {one.id: one for one in messages(code)}
    assert set(have) == {one.id for one in spoken() if one.id}, "run `make catalogues`, and translate what is new"
    count = catalogue(code).num_plurals
    for id_, one in have.items():
        found = forms(one.string)
        assert len(found) == (count if isinstance(id_, tuple) else 1), id_
        assert all(text.strip() for text in found), f"not translated: {id_!r}"


@pytest.mark.parametrize("code", OTHERS)
def test_every_translation_has_the_same_places(code: str) -> None:
    for one in messages(code):
        wanted = places(forms(one.id)[-1])
        for text in forms(one.string):
            # A form for one thing, or for two, need not write the number.
            assert places(text) == wanted or places(text) | {"n"} == wanted, one.id
            assert not isinstance(one.id, str) or places(text) == wanted


@pytest.mark.parametrize("code", OTHERS)
def test_no_translation_is_a_copy_of_the_english(code: str) -> None:
    for one in messages(code):
        for english, text in zip(forms(one.id), forms(one.string), strict=False):
            if words(english) and english not in SAME.get(code, ()):
                assert text != english, f"a copy: {english!r}"
            if words(english) and code in SCRIPTS:
                assert re.search(SCRIPTS[code], text), f"in another script: {text!r}"


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_ends_as_the_english_does(code: str) -> None:
    """A sentence stays a sentence, and a heading or a part of a subject line stays one."""
    ends = {".": ".。؟", "?": "?？؟", ":": ":：", "!": "!！"}
    for one in messages(code):
        for english, text in zip(forms(one.id), forms(one.string), strict=False):
            assert ("\n" in english) == ("\n" in text), one.id
            assert text == text.strip(), one.id
            if english[-1] in ".:":
                assert text[-1] in ends[english[-1]] + ")）", f"{english!r} -> {text!r}"


def test_drafts_are_counted_where_a_translator_looks() -> None:
    assert counted() in TABLE.read_text(), "run `make catalogues`"
    assert drafts("en") == 0


@pytest.mark.parametrize("code", OTHERS)
def test_whoever_reads_drafts_is_told(code: str) -> None:
    with speaking(code):
        assert is_draft() is (drafts(code) > 0)
        assert language() == code
        assert direction() == ("rtl" if code == "ar" else "ltr")
    assert language() == "en"


@pytest.mark.parametrize("code", OTHERS)
def test_every_number_has_its_form(code: str) -> None:
    with speaking(code):
        for number in (0, 1, 2, 3, 5, 11, 21, 100, 101):
            text = ngettext("in {n} day ({day})", "in {n} days ({day})", number, day="X")
            assert "X" in text
            assert "{" not in text


def test_a_message_nobody_knows_is_said_in_english() -> None:
    with speaking("fr"):
        assert _("no such message {here}", here="x") == "no such message x"
    assert translations("en").gettext("as it is") == "as it is"


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("fr", "fr"),
        ("fr-CH", "fr"),
        ("ZH_hant", "zh"),
        ("Français", "fr"),
        ("Arabic", "ar"),
        ("de", None),
        (None, None),
    ],
)
def test_tags_and_names_of_languages(tag: str | None, code: str | None) -> None:
    assert known(tag) == code


def test_the_planted_bugs_are_seen() -> None:
    """A copy, a lost place and a missing form are each found by what the tests above look at."""
    assert places("bis {day}") != places("until {day} in {zone}")
    assert words("({day})") == ""
    assert words("Why") == "Why"
