"""What the how-tos tell people to press and where to go is there: words in bold, addresses, ways of the API."""

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from fastapi import FastAPI
from starlette.routing import Match

from service.main import build
from tests.docs_commands import ROOT, plain

HOWTOS = sorted((ROOT / "docs" / "howto").glob("*.md"))
_ADDRESS = re.compile(r"`(?:(GET|POST|PATCH|PUT) )?(/groups/[^`\s]*|…/[^`\s]*)`")


@cache
def _texts() -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """Every text of the service in English; those with values as patterns."""
    with (ROOT / "service" / "language" / "locales" / "fr.po").open("rb") as file:
        ids = {text for one in read_po(file) for text in ([one.id] if isinstance(one.id, str) else one.id) if text}
    with_values = [text for text in ids if re.search(r"\{\w+\}", text) and len(re.sub(r"\{\w+\}|\W", "", text)) > 4]
    return frozenset(ids), tuple(re.compile(re.sub(r"\\\{\w+\\\}", ".+", re.escape(text))) for text in with_values)


def not_on_a_page(text: str) -> list[str]:
    """The words in bold of a document that no page of the service shows."""
    whole, patterns = _texts()
    said = [" ".join(one.split()) for one in re.findall(r"\*\*([^*]+)\*\*", plain(text))]
    return [one for one in said if one not in whole and not any(pattern.fullmatch(one) for pattern in patterns)]


def nowhere(text: str) -> list[str]:
    """The addresses of a document that no door of the service answers."""
    return [
        f"{verb} {address}" for verb, address in _ADDRESS.findall(plain(text)) if not _leads(verb or "GET", address)
    ]


def _leads(verb: str, address: str) -> bool:
    path = address.partition("?")[0].replace("…/", "/api/v1/groups/gmg/")
    scope = {"type": "http", "method": verb, "path": re.sub(r"\{\w+\}", "some-1", path), "headers": []}
    # A verb of its own counts; a document may also name an address without one, whichever verbs it takes.
    return any(route.matches(scope)[0] is Match.FULL for route in _app().routes)


@cache
def _app() -> FastAPI:
    return build()


@pytest.mark.parametrize("path", HOWTOS, ids=lambda path: path.name)
def test_what_is_to_be_pressed_is_on_a_page(path: Path) -> None:
    assert not not_on_a_page(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", HOWTOS, ids=lambda path: path.name)
def test_every_address_leads_to_a_door(path: Path) -> None:
    assert not nowhere(path.read_text(encoding="utf-8"))


def test_a_button_and_an_address_that_are_not_there_are_found() -> None:
    text = "Press **Log an update** or **Log a update** at `/groups/gmg/desk` or `/groups/gmg/desks`; "
    text += "`POST …/actions/{id}/log` or `POST …/actions/{id}/logs`"
    assert not_on_a_page(text) == ["Log a update"]
    assert nowhere(text) == [" /groups/gmg/desks", "POST …/actions/{id}/logs"]
