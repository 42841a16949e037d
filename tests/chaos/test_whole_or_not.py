"""Promise P1: a change and its events commit together or not at all, wherever the process is killed."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, func
from sqlmodel import Session, col, select

from service import events
from service.access.commands import make_token, revoke_token
from service.access.tables import SignInRow, TokenRow
from service.calendars.commands import KINDS, published
from service.calendars.rules import significant_hash
from service.calendars.tables import LedgerRow
from service.database import connect, reading, writing
from service.events import Event
from service.followups.decisions import commands as decisions
from service.followups.decisions.tables import GroupDecisionRow
from service.groups import appointing, queries
from service.groups import commands as groups
from service.groups.charter import Appointment, Person
from service.groups.decision import Proposal
from service.groups.tables import DecisionRow, PersonRow
from service.meetings import commands as meetings
from service.meetings.agenda.tables import ItemRow
from service.meetings.queries import meeting_row
from service.meetings.tables import MeetingRow
from service.notifications.choices import commands as choices
from service.notifications.choices.tables import AbsenceRow, ChoiceRow, ReaderRow
from service.notifications.handovers.boundaries import boundaries
from service.notifications.handovers.tables import BoundaryRow
from service.notifications.outbox.tables import DeliveryRow
from service.notifications.signing import mail_link
from service.rotation.commands import apply_charter, take_decision
from service.scheduler import plan
from tests.chaos.kill import STRIDE, killed_at
from tests.conftest import Time
from tests.promises.collecting import Evidence

pytestmark = pytest.mark.promise("P1")

Work = Callable[[Engine], None]


def decide(engine: Engine) -> None:
    with writing(engine) as session:
        said = Proposal.model_validate({"pass": "unhcr", "term": date(2008, 7, 1)})
        take_decision(session, "gmg", said, actor="test")


def apply(engine: Engine) -> None:
    with writing(engine) as session:
        charter = queries.charter(session, "gmg")
        renamed = charter.group.model_copy(update={"name": "Another name"})
        apply_charter(session, charter.model_copy(update={"group": renamed}), actor="test")


def import_people(engine: Engine) -> None:
    with writing(engine) as session:
        people = queries.charter(session, "gmg").people[:3]
        groups.import_people(session, "gmg", [p.model_copy(update={"name": "New name"}) for p in people])


def appoint(engine: Engine) -> None:
    with writing(engine) as session:
        ada = Person(name="Ada Lovelace", email="ada@iom.example")
        role = Appointment.model_validate({"organization": "iom", "role": "alternate", "from": date(2008, 6, 1)})
        appointing.appoint(session, queries.charter(session, "gmg"), ada, role, actor="test", authority="own")


def end(engine: Engine) -> None:
    with writing(engine) as session:
        ada = next(row for row in queries.people_rows(session, "gmg") if row.email == "ada@iom.example")
        last = date(2008, 7, 1)
        appointing.end(session, "gmg", ada.id, "iom", "alternate", last, actor="test", authority="own")


def ask_to_sign_in(engine: Engine) -> None:
    with writing(engine) as session:
        mail_link(session, "gmg", "gmg@iom.example", browser="b" * 43, next_="/")


def confirm(engine: Engine) -> None:
    with writing(engine) as session:
        groups.confirm(session, "gmg")


def make(engine: Engine) -> None:
    with writing(engine) as session:
        make_token(session, "gmg", kind="api", email=None, name=None, lasts=timedelta(days=1), actor="test")


def revoke(engine: Engine) -> None:
    with writing(engine) as session:
        for row in session.exec(select(TokenRow)).all():
            revoke_token(session, row.id, actor="test")


def call(engine: Engine) -> None:
    with writing(engine) as session:
        queries.group_row(session, "gmg", lock=True)
        meetings.call(session, meeting_row(session, "gmg", "working-level-2008-06-26", lock=True), actor="test")


def ask(engine: Engine) -> None:
    with writing(engine) as session:
        queries.group_row(session, "gmg", lock=True)
        decisions.open_(
            session, queries.charter(session, "gmg"), last=date(2008, 5, 30), actor="test", operative="adopted",
            title="One", text="Text", purposes=[1], meeting=None, outcome=None, position=False, visibility="members",
            links=[],
        )  # fmt: skip


def choose(engine: Engine) -> None:
    with writing(engine) as session:
        choices.choose(
            session, person(session), {"language": "fr"}, {"minutes": {"form": "daily"}, "polls": {"form": "none"}},
            actor="test",
        )  # fmt: skip


def go_away(engine: Engine) -> None:
    with writing(engine) as session:
        days = (date(2008, 6, 10), date(2008, 7, 1))
        choices.enter(session, queries.charter(session, "gmg"), person(session), *days, "ada@iom.example", actor="test")


def come_back(engine: Engine) -> None:
    with writing(engine) as session:
        for row in session.exec(select(AbsenceRow)).all():
            choices.take_back(session, row, actor="test")


def person(session: Session) -> PersonRow:
    """IOM's focal point; the group is locked."""
    queries.group_row(session, "gmg", lock=True)
    return next(row for row in queries.people_rows(session, "gmg") if row.email == "gmg@iom.example")


def audit(session: Session) -> None:
    """What must hold in every state that is ever seen."""
    group = queries.group_row(session, "gmg")
    found = list(session.exec(select(Event)))

    def count(*kinds: str) -> int:
        return sum(event.kind in kinds for event in found)

    charter = queries.charter(session, "gmg")
    changes = ("charter.applied", "chair.decided", "people.imported", "people.appointed", "people.ended")
    assert group.version == count(*changes), "each change has its event"
    assert session.scalar(select(func.count()).select_from(SignInRow)) == count("sign-in.asked")
    assert sum(row.subject == "sign-in" for row in session.exec(select(DeliveryRow))) == count("sign-in.asked")
    assert len(charter.decisions) == count("chair.decided")
    assert (group.confirmed_at is not None) == count("group.confirmed")
    tokens = list(session.exec(select(TokenRow)))
    assert len(tokens) == count("token.made")
    assert sum(row.revoked_at is not None for row in tokens) == count("token.revoked")
    assert len(session.exec(select(GroupDecisionRow)).all()) == count("decision.opened")
    readers = list(session.exec(select(ReaderRow)))
    assert sum(row.version for row in readers) == count("choices.changed")
    chosen = session.exec(select(ChoiceRow)).all()
    assert len(chosen) == 2 * len(readers), "all that one act chooses, or none of it"
    away = len(session.exec(select(AbsenceRow)).all())
    assert away == count("absence.entered") - count("absence.taken-back")
    day = date(2008, 5, 15)
    rows = list(session.exec(select(LedgerRow)))
    ledger = {row.key: row.content_hash for row in rows if row.kind in KINDS and not row.cancelled}
    assert ledger == {key: significant_hash(item) for key, item in published(charter, day).items()}
    held = list(session.exec(select(MeetingRow)))
    shown = {row.key: row.sequence for row in rows if row.kind == "meeting"}
    assert shown == {f"meeting-{row.id}": row.sequence for row in held}
    verbs = ("called", "moved", "edited", "cancelled", "held", "hosted", "aligned", "withdrawn")
    assert sum(row.version - 1 for row in held) == count(*(f"meeting.{verb}" for verb in verbs))
    told = {row.key: row.incoming for row in session.exec(select(BoundaryRow)) if not row.gone}
    assert told == {key: list(after.chair) for key, _, _, after in boundaries(charter, day)}
    changed = sum(row.revision - 1 for row in session.exec(select(BoundaryRow)))
    assert changed == count("handover.changed"), "each move of a handover has its event"
    known = {event.id for event in found}
    assert all(row.event_id in known for row in session.exec(select(DeliveryRow)))


def all_kills(url: str, work: Work, stride: int = 1) -> int:
    """Kill at every statement in turn, and look what is there after each; how many kills there were."""
    before, kills, number = state(url, whole=True), 0, 1
    while killed_at(number, url, work):
        assert state(url) == before, f"killed at statement {number}, something was left behind"
        kills, number = kills + 1, number + stride
    assert state(url, whole=True) != before, "in the end it was done"
    return kills


def state(url: str, whole: bool = False) -> dict[str, object]:
    """How much there is of everything; with `whole`, after the audit."""
    engine = connect(url)
    with reading(engine) as session:
        if whole:
            audit(session)
        found: dict[str, object] = {"version": queries.group_row(session, "gmg").version}
        for table in (
            Event,
            TokenRow,
            BoundaryRow,
            DeliveryRow,
            LedgerRow,
            DecisionRow,
            PersonRow,
            MeetingRow,
            ItemRow,
            GroupDecisionRow,
            ReaderRow,
            ChoiceRow,
            AbsenceRow,
        ):
            found[table.__name__] = session.scalar(select(func.count()).select_from(table))
        found["revoked"] = sum(row.revoked_at is not None for row in session.exec(select(TokenRow)))
        found["ledger"] = session.scalar(select(func.sum(col(LedgerRow.sequence))))
        found["meetings"] = session.scalar(select(func.sum(col(MeetingRow.version))))
        found["told"] = session.scalar(select(func.sum(col(BoundaryRow.revision))))
    engine.dispose()
    return found


@pytest.mark.parametrize(
    "work",
    [decide, apply, import_people, confirm, make, call, ask, plan, appoint, ask_to_sign_in, choose],
    ids=lambda work: work.__name__,
)
def test_a_kill_at_any_statement_leaves_all_or_nothing(
    work: Work, database_url: str, group: str, time: Time, evidence: Evidence
) -> None:
    stride = STRIDE if STRIDE == 1 or work not in (decide, apply, plan) else STRIDE * 5
    kills = all_kills(database_url, work, stride)
    assert kills >= 2
    evidence(kills=kills, cases=1, lost=0)


def test_ending_an_appointment_too(database_url: str, engine: Engine, group: str, time: Time) -> None:
    appoint(engine)
    assert all_kills(database_url, end) >= 2


def test_an_absence_and_its_end_too(database_url: str, engine: Engine, group: str, time: Time) -> None:
    appoint(engine)
    assert all_kills(database_url, go_away) >= 2
    assert all_kills(database_url, come_back) >= 2


def test_revoking_too(database_url: str, engine: Engine, group: str, time: Time) -> None:
    make(engine)
    assert all_kills(database_url, revoke) >= 2


@pytest.mark.planted("events_apart", promise="P1")
def test_the_planted_bug_is_seen(database_url: str, group: str, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    """The change committed before its events are recorded: some kill leaves one without the other."""
    real = events.record

    def apart(session: Session, group_id: str, kind: str, *more: object, **data: object) -> object:
        session.flush()
        # Behind the session's back: its own transaction goes on as if nothing had been written.
        session.connection().connection.dbapi_connection.commit()  # type: ignore[union-attr]
        return real(session, group_id, kind, *more, **data)  # type: ignore[arg-type]

    monkeypatch.setattr("service.rotation.commands.events.record", apart)
    with pytest.raises(AssertionError, match="left behind"):
        all_kills(database_url, decide)
