"""The page of the charter: looked at before it is applied, its faults by line, safe against a newer one."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from service.groups.export import as_yaml
from tests.conftest import put
from tests.web.browsing import SECRETARY, Browser, Signs, secretary, signs, words  # noqa: F401 - fixtures
from tests.web.recording import charter

IOM = "gmg@iom.example"
Amended = Callable[..., str]


@pytest.fixture
def amended(engine: Engine, secretary: Browser) -> Amended:
    """The charter in force as the text of a file, with some of its text exchanged."""

    def build(*pairs: tuple[str, str]) -> str:
        text = as_yaml(charter(engine))
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new, 1)
        return text

    return build


def test_the_charter_is_shown_and_exported(secretary: Browser, engine: Engine) -> None:
    assert f"Revision {charter(engine).revision}" in words(secretary.opens("/record/charter"))
    assert secretary.opens("/record/charter.yaml") == as_yaml(charter(engine))
    assert "Global Migration Group" in secretary.opens("/record/charter?begin=here")


def test_a_charter_is_looked_at_then_applied(secretary: Browser, engine: Engine, amended: Amended) -> None:
    text = amended(("months: 6", "months: 12"))
    shown = secretary.sends("/record/charter", "/record/charter/preview", 200, text=text)
    assert "months: 12" in shown.text
    assert "As it would be" in shown.text
    assert "1 July 2009" in words(shown.text)
    assert charter(engine).rotation[0].months == 6, "nothing is saved by looking"
    version = re.search(r'name="version" value="(\d+)"', shown.text)
    assert version is not None
    done = secretary.posts("/record/charter", 200, text=text, version=version.group(1), correct="")
    steps = re.findall(r"<li>(.+?)</li>", done.text.partition('<ol class="steps"')[2])
    assert len(steps) == 4
    assert "This is the group&#39;s charter now." in done.text
    assert charter(engine).rotation[0].months == 12


def test_faults_have_their_line_and_the_text_is_kept(secretary: Browser, engine: Engine, amended: Amended) -> None:
    text = amended(("months: 6", "months: many"), ("id: iom", "id: IOM <b>"))
    again = secretary.sends("/record/charter", "/record/charter/preview", 422, text=text)
    line = text[: text.index("months: many")].count("\n") + 1
    assert f'<th scope="row">{line}</th>' in again.text
    assert "id: IOM &lt;b&gt;" in again.text
    assert "months: many" in again.text.partition("<textarea")[2]
    empty = secretary.sends("/record/charter", "/record/charter/preview", 422, text="")
    assert "a charter begins with" in words(empty.text)


def test_a_file_stands_in_place_of_the_text(secretary: Browser, amended: Amended) -> None:
    raw = amended(("months: 6", "months: 12")).encode()
    path, to = "/groups/gmg/record/charter/preview", {"Accept": "text/html"}
    shown = secretary.client.post(path, data={"text": "x"}, files={"file": ("c.yaml", raw)}, headers=to)
    assert (shown.status_code, "months: 12" in shown.text) == (200, True)
    broken = secretary.client.post(path, data={"text": "x"}, files={"file": ("c.yaml", b"charter: \xff")}, headers=to)
    assert broken.status_code == 422
    large = secretary.client.post(path, files={"file": ("c.yaml", b"#" * 300_000)}, headers=to)
    assert large.status_code == 413


def test_a_charter_that_moved_on_is_shown_beside_ones_own(secretary: Browser, engine: Engine, amended: Amended) -> None:
    text = amended(("months: 6", "months: 12"), (f"revision: {charter(engine).revision}\n", ""))
    shown = secretary.sends("/record/charter", "/record/charter/preview", 200, text=text)
    version = re.search(r'name="version" value="(\d+)"', shown.text)
    assert version is not None
    put(engine, charter(engine).model_copy(update={"areas": ["Theirs"], "revision": None}))
    stale = secretary.posts("/record/charter", 412, text=text, version=version.group(1), correct="")
    assert "has changed since you looked" in words(stale.text)
    assert "Theirs" in stale.text
    assert "months: 12" in stale.text
    assert charter(engine).rotation[0].months == 6


def test_an_older_file_is_refused_with_both_texts(secretary: Browser, engine: Engine, amended: Amended) -> None:
    text = amended(("months: 6", "months: 12"))
    put(engine, charter(engine).model_copy(update={"areas": ["Theirs"]}))
    older = secretary.sends("/record/charter", "/record/charter/preview", 409, text=text)
    assert "Theirs" in older.text
    assert "months: 12" in older.text


def test_the_past_is_corrected_with_a_reason_only(secretary: Browser, engine: Engine) -> None:
    known = charter(engine)
    history = [*known.history[:-1], known.history[-1].model_copy(update={"chair": ["iom"]})]
    text = as_yaml(known.model_copy(update={"history": history}))
    again = secretary.sends("/record/charter", "/record/charter/preview", 409, text=text)
    assert "Days before today" in words(again.text)
    assert "- iom" in again.text.partition("<textarea")[2]
    shown = secretary.sends("/record/charter", "/record/charter/preview", 200, text=text, correct="Minutes say so")
    assert "Minutes say so" in shown.text
    version = re.search(r'name="version" value="(\d+)"', shown.text)
    assert version is not None
    secretary.posts("/record/charter", 200, text=text, version=version.group(1), correct="Minutes say so")
    assert charter(engine).history[-1].chair == ["iom"]


def test_nobody_else_applies_a_charter(signs: Signs, amended: Amended, engine: Engine) -> None:
    text = amended(("months: 6", "months: 12"))
    signs(IOM).posts("/record/charter/preview", 403, text=text)
    signs(IOM).posts("/record/charter", 403, text=text, version="1")
    signs().posts("/record/charter", 401, text=text, version="1")
    assert charter(engine).rotation[0].months == 6
