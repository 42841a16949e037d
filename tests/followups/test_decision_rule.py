"""Whatever is answered, revised and withdrawn while time passes: adopted is what ran out without an objection."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from service import zones
from service.database import writing
from service.followups.decisions import commands, rules
from service.followups.decisions.queries import Wanted, page, state_of
from service.groups import queries as groups
from service.problems import Problem
from tests.conftest import NOTE_DAY, Time

MEMBERS = ("ilo", "iom", "unfpa")
STATES: tuple[rules.State, ...] = ("open", "contested", "adopted", "withdrawn", "superseded")
ZONE = "Europe/Zurich"

answers = st.tuples(
    st.just("answer"), st.sampled_from(MEMBERS), st.sampled_from(["endorse", "change", "dissociate", "object"])
)
waits = st.tuples(st.just("wait"), st.sampled_from([1, 3600, 86_400, 3 * 86_400, 20 * 86_400]), st.just(""))
# To the very second of the deadline, or the one before it.
edges = st.tuples(st.just("edge"), st.sampled_from([0, 1]), st.just(""))
revisions = st.tuples(st.just("revise"), st.integers(2, 10), st.just(""))
withdrawals = st.tuples(st.just("withdraw"), st.just(0), st.just(""))
moves = st.sampled_from([answers] * 6 + [waits] * 2 + [revisions] * 3 + [edges, withdrawals]).flatmap(lambda move: move)
steps = st.lists(moves, min_size=1, max_size=20)


class Told:
    """What should be so, told plainly: this round's deadline, who objects in it, whether it was withdrawn."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        self.objecting: set[str] = set()
        self.withdrawn = False

    def adopted(self, now: datetime) -> bool:
        return now >= self.until and not self.objecting and not self.withdrawn


@given(steps)
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_adopted_is_what_ran_out_in_silence(
    engine: Engine, group: str, time: Time, taken: Sequence[tuple[str, object, str]]
) -> None:
    time.at = NOTE_DAY
    with writing(engine) as session:
        charter = groups.charter(session, group)
        last = zones.day_in(time.at, ZONE) + timedelta(days=5)
        row = commands.open_(
            session, charter, last=last, actor="test", operative="adopted", title="One", text="Text", purposes=[],
            meeting=None, outcome=None, position=False, visibility="members", links=[],
        )  # fmt: skip
        told, ended = Told(datetime(2008, 5, 20, 22, tzinfo=UTC)), False
        for kind, what, choice in taken:
            if kind == "wait":
                assert isinstance(what, int)
                time.at += timedelta(seconds=what)
            elif kind == "edge":
                assert isinstance(what, int)
                time.at = max(time.at, told.until - timedelta(seconds=what))
            running = not told.withdrawn and not told.adopted(time.at)
            try:
                if kind == "answer":
                    running = running and time.at < told.until
                    commands.answer(
                        session, charter, row, str(what), choice, "Why.", round_=row.round, actor="test"  # type: ignore[arg-type]
                    )  # fmt: skip
                    (told.objecting.add if choice == "object" else told.objecting.discard)(str(what))
                elif kind == "revise":
                    assert isinstance(what, int)
                    day = zones.day_in(time.at, ZONE) + timedelta(days=what)
                    commands.revise(session, charter, row, text="Text", title=None, last=day, actor="test")
                    told.until, told.objecting = zones.midnight(day + timedelta(days=1), ZONE), set()
                elif kind == "withdraw":
                    commands.withdraw(session, row, reason="Why.", actor="test")
                    told.withdrawn = True
                assert running or kind in ("wait", "edge"), "what is over is refused"
                refused = None
            except Problem as problem:
                refused = problem.status
            assert refused in ((None,) if running else (None, 409)), "what runs is answered, revised and withdrawn"
            state = state_of(session, row)
            assert (state == "adopted") == told.adopted(time.at)
            assert (state == "contested") == (bool(told.objecting) and not told.withdrawn)
            assert (state == "withdrawn") == told.withdrawn
            assert not ended or state == "adopted", "what silence has adopted stays adopted"
            ended = state == "adopted"
        session.flush()
        for wanted in STATES:
            found = page(session, group, Wanted(state=wanted), inside=True, limit=5)
            assert (row in found) == (wanted == state_of(session, row)), "lists by state say the same"
        session.rollback()


class Said(NamedTuple):
    number: int
    round: int
    member: str
    answer: str


@given(
    st.lists(st.tuples(st.integers(1, 3), st.sampled_from("abc"), st.sampled_from(["endorse", "object"])), max_size=12),
    st.randoms(),
)
def test_the_last_answer_of_a_member_in_a_round_stands_however_they_are_read(
    said: list[tuple[int, str, str]], shuffle: object
) -> None:
    given = [Said(number, *one) for number, one in enumerate(said)]
    mixed = list(given)
    shuffle.shuffle(mixed)  # type: ignore[attr-defined]
    for round_ in (1, 2, 3):
        plainly = {one.member: one for one in given if one.round == round_}
        assert rules.standing(mixed, round_) == plainly
        assert rules.objecting(mixed, round_) == sum(one.answer == "object" for one in plainly.values())


NOW = datetime(2008, 6, 1, tzinfo=UTC)
ADOPTED, OPEN = rules.Course(NOW, 0, False), rules.Course(NOW + timedelta(seconds=1), 0, False)


@pytest.mark.parametrize(
    ("successors", "state"),
    [
        ([], "adopted"),
        ([OPEN], "adopted"),
        ([OPEN._replace(objections=1, until=NOW)], "adopted"),
        ([ADOPTED._replace(withdrawn=True)], "adopted"),
        ([ADOPTED], "superseded"),
        ([rules.Course(None, 0, False)], "superseded"),
        ([ADOPTED._replace(withdrawn=True), OPEN, ADOPTED], "superseded"),
    ],
)
def test_superseded_is_what_an_adopted_one_replaces(successors: list[rules.Course], state: str) -> None:
    assert rules.state(ADOPTED, NOW, successors) == state
    assert rules.state(OPEN, NOW, successors) == "open", "what is not adopted is not superseded"
