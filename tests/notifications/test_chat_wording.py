"""What a message becomes in Slack and Teams: nothing of it is markup (T26), and nothing is too long."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from service.notifications.channels import slack, teams
from service.notifications.channels.pieces import cut
from service.notifications.wording.message import Message

EVIL = "<!channel> @all <at>all</at> <http://x.example|bank> [a](javascript:alert(1)) <@U1> *b* & {{DATE(2026)}}"
CHATS = {"slack": slack.body, "teams": teams.body}


def message(**values: Any) -> Message:
    return Message(**{"subject": "A subject", "lead": "The one sentence."} | values)


def everywhere(text: str) -> Message:
    """A message with a text in every place there is."""
    return message(
        subject=text, lead=text, notes=(text,), changes=((text, text, text),), facts=((text, text),),
        lists=((text, (text, text)),), text=text, actions=((text, "https://gmg.example/x"),), because=text,
    )  # fmt: skip


def texts(value: Any) -> Iterator[dict[str, Any]]:
    """Every object of a JSON value that has a text."""
    if isinstance(value, dict):
        if "text" in value and isinstance(value["text"], str):
            yield value
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)


def test_slack_shows_markup_as_it_was_written() -> None:
    """T26."""
    made = json.loads(slack.body(everywhere(EVIL)))
    for mark in ("<", ">"):
        assert mark not in made["text"]
    assert "&lt;!channel&gt;" in made["text"]
    assert (made["link_names"], made["mrkdwn"], made["parse"]) == (False, False, "none")
    found = list(texts(made["blocks"]))
    assert len(found) >= 8
    assert all((one["type"], one["emoji"]) == ("plain_text", False) for one in found)
    assert any(EVIL in one["text"] for one in found), "whole, to be read"


def test_teams_shows_markup_as_it_was_written() -> None:
    """T26: text runs are no Markdown, and there is no entity to mention."""
    made = json.loads(teams.body(everywhere(EVIL)))
    card = made["attachments"][0]["content"]
    assert all(one["type"] == "TextRun" for one in texts(card["body"]))
    assert {one["type"] for one in card["body"]} == {"RichTextBlock"}
    assert "msteams" not in card
    assert "entities" not in json.dumps(made)
    assert EVIL in "".join(one["text"] for one in texts(card["body"]))


@pytest.mark.parametrize("chat", CHATS)
def test_only_addresses_of_the_web_become_buttons(chat: str) -> None:
    actions = (("A", "javascript:alert(1)"), ("B", "data:text/html,x"), ("C", "https://gmg.example/c"))
    made = CHATS[chat](message(actions=actions)).decode()
    assert "javascript" not in made
    assert "data:" not in made
    assert "https://gmg.example/c" in made


LONG = [
    everywhere("word " * 900), everywhere("𝄞" * 3000), everywhere("\\\"\n" * 1000), everywhere("漢" * 5000),
    message(notes=tuple(f"Note {number}" for number in range(200)), actions=(("All", "https://gmg.example/"),)),
    message(lists=tuple((f"H{number}", ("line " * 30,) * 40) for number in range(80)), because="Because."),
    message(actions=tuple(("Do " * 50, "https://gmg.example/") for _ in range(40))),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(LONG)))
def test_what_is_too_long_is_cut_and_its_links_stay(number: int) -> None:
    said = LONG[number]
    in_slack, in_teams = slack.body(said), teams.body(said)
    made = json.loads(in_slack)
    assert len(made["blocks"]) <= slack.BLOCKS
    for one in texts(made):
        assert 0 < len(one["text"].encode("utf-16-le")) // 2 <= slack.TEXT
    for block in made["blocks"]:
        if block["type"] == "header":
            assert len(block["text"]["text"].encode("utf-16-le")) // 2 <= slack.HEADER
        if block["type"] == "actions":
            assert all(len(one["text"]["text"]) <= 75 for one in block["elements"])
    assert len(in_teams) <= 28 * 1024
    if said.actions:
        assert b"https://gmg.example/" in in_slack
        assert b"https://gmg.example/" in in_teams


def test_cutting_leaves_no_half_letter() -> None:
    assert cut("𝄞𝄞𝄞", 4) == "𝄞…"
    assert cut("abc", 3) == "abc"


def test_arabic_stands_from_right_to_left() -> None:
    card = json.loads(teams.body(message(language="ar")))["attachments"][0]["content"]
    assert (card["lang"], card["rtl"]) == ("ar", True)


def test_markup_that_is_let_through_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted bug of T26."""
    monkeypatch.setattr("service.notifications.channels.slack._escaped", lambda text: text)
    with pytest.raises(AssertionError):
        test_slack_shows_markup_as_it_was_written()
