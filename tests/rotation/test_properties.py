"""What holds for every rotation: end to end, everybody in turn, the past as it was."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from service.groups.charter import Charter
from service.rotation.check import load
from service.rotation.engine import Walk, add_months, terms
from service.rotation.fairness import shares
from service.rotation.rules import horizon, sitting
from service.rotation.values import RotationProblem, Term
from tests.rotation.build import TAKEN, day, group, rule

START, END = date(2008, 1, 1), date(2020, 1, 1)
LETTERS = "abcdefg"
days = st.dates(date(2008, 1, 1), date(2016, 1, 1))
months = st.sampled_from([1, 3, 6, 7, 12])


@st.composite
def groups(draw: st.DrawFn) -> Charter:
    """Members who come and go, and one to three rules over them."""
    size = draw(st.integers(2, 7))
    members = LETTERS[:size]
    joined = {id_: draw(days).isoformat() for id_ in members[1:] if draw(st.integers(0, 3)) == 0}
    left = {}
    for id_ in members:
        if draw(st.integers(0, 4)) == 0:
            gone = draw(days) + timedelta(days=400)
            if gone.isoformat() > joined.get(id_, "2000-01-01"):
                left[id_] = gone.isoformat()
    starts = sorted(
        draw(st.sets(st.sampled_from([date(y, m, 1) for y in range(2009, 2015) for m in (1, 3, 9)]), max_size=2))
    )
    rules = []
    for start in [START, *starts]:
        order: Any = draw(st.permutations(members)) if draw(st.integers(0, 2)) else "alphabetical"
        rules.append(rule(start.isoformat(), order if order == "alphabetical" else "".join(order), draw(months)))
    return group(members, rotation=rules, joined=joined, left=left)


def decide(data: st.DataObject, charter: Charter, after: date) -> dict[str, Any] | None:
    """A decision about a term that begins after `after`, of any kind, valid where possible."""
    coming = [term for term in terms(charter, END) if term.turn and term.start > after and term.chair]
    if not coming:
        return None
    term = data.draw(st.sampled_from(coming[:12]))
    other = data.draw(st.sampled_from([member.id for member in charter.members]))
    until = term.start + timedelta(days=data.draw(st.integers(1, 500)))
    verb = data.draw(st.sampled_from(["pass", "swap", "appoint", "extend", "accept", "vacant", "interim"]))
    made: dict[str, dict[str, Any]] = {
        "pass": {"pass": term.chair[0], "term": term.start},
        "swap": {"swap": [term.chair[0], other], "term": term.start},
        "appoint": {"appoint": other, "term": term.start},
        "extend": {"extend": term.start, "until": until},
        "accept": {"accept": term.chair[0], "term": term.start},
        "vacant": {
            "vacant": term.start + timedelta(days=data.draw(st.integers(0, 40))),
            "until": until + timedelta(days=40),
        },
        "interim": {"interim": other, "from": term.start, "until": until},
    }
    found = made[verb]
    return None if verb == "swap" and other == term.chair[0] else found


def with_decision(charter: Charter, decision: dict[str, Any]) -> Charter:
    """The charter with one more decision.

    Raises:
        RotationProblem: it does not fit.
    """
    values = charter.model_dump(by_alias=True)
    values["decisions"].append({"id": f"d{len(values['decisions']) + 1}", "taken": TAKEN} | decision)
    found = Charter.model_validate(values)
    terms(found, END)
    return found


def decided(data: st.DataObject, charter: Charter, after: date = START, most: int = 4) -> Charter:
    """The charter with up to `most` decisions that fit."""
    for _ in range(data.draw(st.integers(1, most))):
        decision = decide(data, charter, after)
        if decision is None:
            continue
        try:
            charter = with_decision(charter, decision)
        except RotationProblem:
            continue
    return charter


def begun(found: list[Term], before: date) -> list[tuple[date, tuple[str, ...], str]]:
    return [(term.start, term.chair, term.key) for term in found if term.start < before]


@settings(max_examples=150)
@given(groups(), st.data())
def test_terms_lie_end_to_end_and_each_has_an_identity_of_its_own(charter: Charter, data: st.DataObject) -> None:
    found = terms(decided(data, charter), END)
    assert all(term.start < term.end for term in found)
    assert all(before.end == after.start for before, after in pairwise(found))
    assert found[-1].end >= END
    assert len({term.key for term in found}) == len(found)
    for term in found:
        for id_ in term.chair:
            member = charter.member(id_)
            assert member is not None
            assert member.stands(term.start)
            assert member.left is None or term.end <= member.left


@settings(max_examples=200)
@given(groups(), st.data())
def test_a_quiet_stretch_laid_in_one_go_is_what_step_by_step_would_lay(charter: Charter, data: st.DataObject) -> None:
    charter = decided(data, charter)

    class StepByStep(Walk):
        def _run(self, day: date, until: date) -> date:
            return day

    parts = (charter.members, charter.history, charter.rotation, charter.decisions)
    assert Walk(*parts).to(END) == StepByStep(*parts).to(END)


@settings(max_examples=100)
@given(st.integers(2, 7), months, st.booleans())
def test_each_standing_member_sits_once_a_cycle(size: int, length: int, alphabetical: bool) -> None:
    members = LETTERS[:size]
    charter = group(
        members,
        rotation=[rule("2008-01", "alphabetical" if alphabetical else members, length)],
        joined=dict.fromkeys(members, "2000-01"),
    )
    found = terms(charter, add_months(START, length * size * 3))
    for at in range(len(found) - size + 1):
        assert Counter(term.chair[0] for term in found[at : at + size]) == Counter(members)


@settings(max_examples=150)
@given(groups(), st.data())
def test_what_has_begun_stands_under_any_later_decision(charter: Charter, data: st.DataObject) -> None:
    today = data.draw(st.dates(date(2009, 1, 1), date(2014, 1, 1)))
    before = decided(data, charter)
    after = decided(data, before, today)
    old, new = begun(terms(before, END), today), begun(terms(after, END), today)
    assert old == new


@settings(max_examples=100)
@given(groups(), days, st.integers(0, 7))
def test_admitting_a_member_never_moves_a_term_that_has_begun(charter: Charter, joins: date, place: int) -> None:
    values = charter.model_dump(by_alias=True)
    values["members"].append({"id": "z", "name": "Z", "joined": joins})
    for one in values["rotation"]:
        if one["order"] != "alphabetical":
            one["order"] = [*one["order"][:place], "z", *one["order"][place:]]
    admitted = Charter.model_validate(values)
    assert begun(terms(charter, END), joins) == begun(terms(admitted, END), joins)


@settings(max_examples=100)
@given(st.integers(3, 7), st.integers(0, 12))
def test_a_pass_moves_only_those_after_it_and_by_one_place(size: int, at: int) -> None:
    charter = group(LETTERS[:size])
    before = terms(charter, END)
    after = terms(with_decision(charter, {"pass": before[at].chair[0], "term": before[at].start}), END)
    assert [t.chair for t in after[:at]] == [t.chair for t in before[:at]]
    assert [t.chair for t in after[at:]][: len(before) - at - 1] == [t.chair for t in before[at + 1 :]][
        : len(after) - at
    ]


@settings(max_examples=100)
@given(st.integers(3, 7), st.integers(0, 10), st.integers(1, 6))
def test_a_swap_moves_the_two_and_nobody_else(size: int, at: int, apart: int) -> None:
    assume(apart < size)
    charter = group(LETTERS[:size])
    before = terms(charter, END)
    pair = [before[at].chair[0], before[at + apart].chair[0]]
    after = terms(with_decision(charter, {"swap": pair, "term": before[at].start}), END)
    differing = [n for n, (old, new) in enumerate(zip(before, after, strict=True)) if old.chair != new.chair]
    assert differing == [at, at + apart]
    assert [after[at].chair[0], after[at + apart].chair[0]] == pair[::-1]


@settings(max_examples=100)
@given(st.integers(2, 6), st.integers(0, 8), st.integers(0, 150), st.integers(1, 400))
def test_turns_keep_their_identity_when_a_vacancy_comes_between(size: int, at: int, offset: int, length: int) -> None:
    charter = group(LETTERS[:size])
    start = terms(charter, END)[at].start + timedelta(days=offset)
    vacancy = {"vacant": start, "until": start + timedelta(days=length)}
    before = {term.turn: term.chair for term in terms(charter, END)}
    after = {term.turn: term.chair for term in terms(with_decision(charter, vacancy), END) if term.turn}
    assert all(before[turn] == chair for turn, chair in after.items() if turn in before)


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(1, 120))
def test_months_are_added_as_calendars_do(start: date, count: int) -> None:
    found = add_months(start, count)
    assert (found.year * 12 + found.month) - (start.year * 12 + start.month) == count
    assert found.day == start.day or (found.day < start.day and (found + timedelta(days=1)).day == 1)


@settings(max_examples=60)
@given(groups(), st.data())
def test_months_served_and_due_are_the_months_that_were_chaired(charter: Charter, data: st.DataObject) -> None:
    today = data.draw(st.dates(date(2009, 1, 1), date(2018, 1, 1)))
    found = terms(decided(data, charter), END)
    chaired = sum((min(term.end, today) - term.start).days for term in found if term.chair and term.start < today)
    told = shares(found, charter.members, today)
    assert sum(share.months for share in told) == pytest.approx(chaired / 30.436875, abs=0.6)
    assert sum(share.expected_months for share in told) == pytest.approx(chaired / 30.436875, abs=0.6)


@settings(max_examples=60)
@given(st.integers(2, 7), months, st.dates(date(2008, 1, 1), date(2030, 1, 1)))
def test_as_far_as_terms_are_shown_each_member_sees_its_next_turn(size: int, length: int, today: date) -> None:
    charter = group(LETTERS[:size], months=length)
    found = terms(charter, horizon(charter, today))
    coming = {term.chair[0] for term in found if term.start > today}
    assert coming == set(LETTERS[:size])


def test_the_chair_on_each_day_around_a_boundary() -> None:
    charter = group("ab")
    assert sitting(charter, day("2008-06-30")).term == sitting(charter, day("2008-01-01")).term
    at = sitting(charter, day("2008-07-01"))
    assert at.term is not None
    assert at.previous is not None
    assert (at.term.chair, at.previous.chair) == (("b",), ("a",))
    assert sitting(charter, day("2007-12-31")).term is None
    assert sitting(charter, day("2007-12-31")).previous is None


def test_after_the_last_term_the_one_that_ended_is_the_one_before() -> None:
    charter = load((Path(__file__).parents[2] / "service" / "charters" / "gmg-as-it-was.yaml").read_text("utf-8"))
    at = sitting(charter, day("2026-11-24"))
    assert at.term is None
    assert at.next is None
    assert at.previous is not None
    assert at.previous.chair == ("fao", "iom")


def test_a_turn_extended_keeps_its_identity() -> None:
    charter = group("abc")
    moved = with_decision(charter, {"extend": START, "until": day("2008-10")})
    assert [term.key for term in terms(charter, END)][:20] == [term.key for term in terms(moved, END)][:20]
