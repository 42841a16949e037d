"""The page of a handover shows both texts where somebody was faster, and the dossier is made while its reader looks."""

import re

import pytest

from tests.conftest import Time
from tests.meetings.conftest import at
from tests.web.browsing import Signs, signs, words  # noqa: F401 - fixtures

OUTGOING, INCOMING, IOM = "gmg@unfpa.example", "gmg@unhcr.example", "gmg@iom.example"
PAGE = "/handovers/turn-6"


@pytest.fixture(autouse=True)
def june(time: Time) -> None:
    time.at = at("2008-06-10T08:00")


def test_who_was_slower_sees_both_texts_and_sends_theirs_again(signs: Signs) -> None:
    one, other = signs(OUTGOING), signs(INCOMING)
    version = re.findall(r'name="version" value="(\d+)"', other.opens(PAGE))[0]
    one.sends(PAGE, f"{PAGE}/fill", **{"text-files": "On the <drive>.", "done-files": "on"})
    again = other.posts(f"{PAGE}/fill", 412, version=version, **{"text-files": "Mine."}).text
    assert "Mine.</textarea>" in again
    assert "On the &lt;drive&gt;.</blockquote>" in again
    assert "It says now: done" in words(again)
    newer = re.findall(r'name="version" value="(\d+)"', again)[0]
    other.posts(f"{PAGE}/fill", version=newer, **{"text-files": "Mine."})
    assert "Mine.</textarea>" in other.opens(PAGE)


def test_how_far_the_checklist_is(signs: Signs) -> None:
    browser = signs(OUTGOING)
    browser.sends(PAGE, f"{PAGE}/fill", **{"text-files": "There.", "done-files": "on", "done-contacts": "on"})
    page = signs(IOM).opens(PAGE)
    assert "2 headings of 6 are done" in words(page)
    assert '<progress id="done" max="6" value="2">' in page


def test_a_text_that_cannot_be_used_is_kept_and_its_field_named(signs: Signs) -> None:
    again = signs(OUTGOING).sends(PAGE, f"{PAGE}/fill", 422, **{"text-contacts": "Kept\x07"}).text
    assert '<a href="#text-contacts">' in again
    assert "Kept" in again


def test_reservations_are_kept_when_the_form_comes_back(signs: Signs) -> None:
    fields = {"side": "incoming", "member": "unhcr", "reservations": "No budget.", "version": "7"}
    again = signs(INCOMING).posts(f"{PAGE}/confirm", 412, **fields).text
    assert "No budget.</textarea>" in again
    assert 'role="alert"' in again


def test_the_dossier_tells_its_steps_and_ends_with_its_files(signs: Signs) -> None:
    browser = signs(IOM)
    assert f'href="/groups/gmg{PAGE}/dossier"' in browser.opens(PAGE)
    page = browser.opens(f"{PAGE}/dossier")
    said = words(page)
    assert said.index("Gathering") < said.index("Setting 14 sections on pages") < said.index("The dossier is ready.")
    for form, begins in (("pdf", b"%PDF-"), ("md", b"# Handover of the chair from UNFPA to UNHCR\n")):
        (link,) = re.findall(rf'href="(/groups/gmg{PAGE}/dossier\.{form}\?made=[\w-]+)"', page)
        first, second = browser.client.get(link), browser.client.get(link)
        assert first.content.startswith(begins)
        assert first.content == second.content
        assert first.headers["cache-control"] == "no-store"
        elsewhere = browser.client.get(link.replace("turn-6", "turn-7"))
        assert elsewhere.status_code != 200 or elsewhere.content != first.content
        assert signs().client.get(link).status_code == 401
    assert browser.client.get(f"/groups/gmg{PAGE}/dossier.md?made=nonsense").text.startswith("# Handover")


def test_a_handover_that_is_not_there_has_no_dossier(signs: Signs) -> None:
    signs(IOM).opens("/handovers/turn-999/dossier", 404)
    signs().opens(f"{PAGE}/dossier", 303)
