"""Text and folding, and what counts as a change."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.calendars.lines import clean, content_line
from service.calendars.rules import Alarm, Item, schedule_hash, significant_hash

TERM = Item(
    uid="turn-1@example.org",
    kind="term",
    start=date(2026, 1, 1),
    end=date(2026, 7, 1),
    summary="Chair: UNHCR",
    status="CONFIRMED",
    sequence=0,
    modified=datetime(2026, 1, 1, tzinfo=UTC),
)
MEETING = replace(
    TERM,
    kind="meeting",
    start=datetime(2026, 3, 3, 13, tzinfo=UTC),
    end=datetime(2026, 3, 3, 15, tzinfo=UTC),
    zone="Europe/Zurich",
)


@given(st.text(alphabet=st.characters(), max_size=300).map(clean).map(lambda text: text.replace("\n", "")))
def test_a_line_is_folded_between_characters_and_unfolds_to_itself(text: str) -> None:
    written = content_line(f"X:{text}")
    assert written.endswith(b"\r\n")
    for piece in written[:-2].split(b"\r\n"):
        assert len(piece) <= 75
        piece.decode()
    assert written.replace(b"\r\n ", b"")[:-2].decode() == f"X:{text}"


@pytest.mark.parametrize("text", ["a\r\nb", "a\nb", "a\rb", "a\x00b", "a\u2028b", "a\ud800b"])
def test_a_line_refuses_what_would_break_it(text: str) -> None:
    with pytest.raises(ValueError, match="control characters"):
        content_line(f"X:{text}")


def test_clean_keeps_tabs_and_paragraphs_and_splits_nowhere_else() -> None:
    assert clean("a\tb\r\nc\rd\u2028e\u2029f\x85g") == "a\tb\nc\nd\ne\nf\ng"
    assert clean("a\x00\x07\x1f\x7f\x9f\ud800b") == "ab"


@given(st.text(alphabet=st.characters(categories=None)))
def test_cleaning_twice_is_cleaning_once_and_leaves_only_lines(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert cleaned.splitlines() == cleaned.removesuffix("\n").split("\n") or not cleaned.strip("\n")
    cleaned.encode()


@pytest.mark.parametrize(
    "changed",
    [
        replace(TERM, end=date(2026, 8, 1)),
        replace(TERM, start=date(2025, 12, 1)),
        replace(TERM, status="CANCELLED"),
        replace(TERM, place="Geneva"),
    ],
)
def test_time_place_and_status_change_both_digests(changed: Item) -> None:
    assert schedule_hash(changed) != schedule_hash(TERM)
    assert significant_hash(changed) != significant_hash(TERM)


@pytest.mark.parametrize(
    "changed",
    [
        replace(TERM, uid="turn-2@example.org"),
        replace(TERM, kind="handover"),
        replace(TERM, summary="Chair: UNICEF"),
        replace(TERM, description="Why"),
        replace(TERM, transparent=False),
        replace(TERM, url="https://example.org/"),
        replace(TERM, categories=("CHAIR",)),
        replace(TERM, alarm=Alarm(timedelta(days=7), "Soon")),
    ],
)
def test_the_rest_moves_only_the_significant_digest(changed: Item) -> None:
    assert schedule_hash(changed) == schedule_hash(TERM)
    assert significant_hash(changed) != significant_hash(TERM)


def test_sequence_and_modified_are_no_change() -> None:
    again = replace(TERM, sequence=4, modified=datetime(2027, 1, 1, tzinfo=UTC))
    assert significant_hash(again) == significant_hash(TERM)


def test_the_same_instant_in_another_offset_is_no_change_but_another_zone_is() -> None:
    east = timezone(timedelta(hours=3))
    moved = replace(MEETING, start=datetime(2026, 3, 3, 16, tzinfo=east))
    assert schedule_hash(moved) == schedule_hash(MEETING)
    assert schedule_hash(replace(MEETING, zone="Asia/Tokyo")) != schedule_hash(MEETING)


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        significant_hash(replace(MEETING, start=datetime(2026, 3, 3, 13)))  # noqa: DTZ001
