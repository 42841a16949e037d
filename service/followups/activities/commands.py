"""Proposing, agreeing, reporting on and closing common activities, each inside the transaction of the caller."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlmodel import Session

from service import clock, events, zones
from service.followups.activities import rules
from service.followups.activities.checks import Agreed, refuse
from service.followups.activities.log import By, note
from service.followups.activities.queries import next_number
from service.followups.activities.tables import ActivityRow, MilestoneRow
from service.groups.charter import Charter
from service.language.speech import _, ngettext
from service.problems import Problem


def propose(
    session: Session, charter: Charter, values: dict[str, Any], steps: Sequence[tuple[str, date]], by: By
) -> ActivityRow:
    """Propose an activity with its milestones (title, last day); the group's row is to be locked.

    Raises:
        Problem: 422, it does not fit the charter.
    """
    group_id, now = charter.group.id, clock.now()
    today = zones.day_in(now, charter.group.timezone)
    refuse(rules.unknown_words(charter, values["kind"], values["purposes"], values["areas"]))
    refuse(rules.unfit_members(charter, values["lead"], values["partners"], today))
    number = next_number(session, group_id)
    row = ActivityRow(
        group_id=group_id, id=f"activity-{number}", number=number, proposed_at=now, changed_at=now, marks="", **values
    )
    _mark(row)
    session.add(row)
    session.flush()
    for at, (title, due) in enumerate(steps, 1):
        session.add(MilestoneRow(group_id=group_id, activity=row.id, number=at, title=title, due=due, set_at=now))
    note(session, row, "proposed", by, state=(None, "proposed"))
    events.record(session, group_id, "activity.proposed", row.id, row.id, actor=by.name, title=row.title, lead=row.lead)
    return row


def agree(session: Session, row: ActivityRow, agreed: Agreed, by: By) -> None:
    """Put on record that the group has agreed an activity: by a decision, or at a meeting.

    Raises:
        Problem: 409, it is agreed or closed already.
    """
    before = _advance(row, "agree")
    row.decision, row.meeting, row.agreed_at = agreed.decision, agreed.meeting, clock.now()
    changes = [
        {"field": name, "before": None, "after": value} for name, value in agreed._asdict().items() if value is not None
    ]
    _done(session, row, "agreed", by, before, changes=changes)


def start(session: Session, row: ActivityRow, by: By) -> None:
    """Put on record that work on an activity has begun.

    Raises:
        Problem: 409, it is not agreed, or has begun already.
    """
    before = _advance(row, "start")
    _done(session, row, "started", by, before)


def report(
    session: Session,
    charter: Charter,
    row: ActivityRow,
    text: str,
    outputs: Sequence[tuple[dict[str, Any], int | None]],
    links: list[dict[str, Any]],
    by: By,
) -> None:
    """Report on the progress of an activity; the first report says that work has begun.

    `outputs` are documents, each with the number of the expected output that it answers, or none.

    Raises:
        Problem: 409, it is not agreed, is closed, or has too many outputs; 422, no such output was expected.
    """
    before = _advance(row, "report")
    if any(number is not None and not 1 <= number <= len(row.expected) for _, number in outputs):
        raise Problem(
            422, "no-such-output", _("An output answers one that was not expected; name its number, or none.")
        )
    if len(row.outputs) + len(outputs) > rules.OUTPUTS:
        raise Problem(
            409,
            "too-many-outputs",
            ngettext("An activity has at most {n} output.", "An activity has at most {n} outputs.", rules.OUTPUTS),
        )
    day = zones.day_in(clock.now(), charter.group.timezone).isoformat()
    new = [{"document": document, "expected": number, "member": by.member, "day": day} for document, number in outputs]
    row.outputs = [*row.outputs, *new]
    row.reported_at = clock.now()
    _done(session, row, "reported", by, before, text=text, outputs=new, links=links)


def edit(session: Session, charter: Charter, row: ActivityRow, values: dict[str, Any], by: By) -> None:
    """Correct what is said of an activity; nothing is noted where nothing changes by it.

    Raises:
        Problem: 409, it is closed, or an expected output would be gone that was answered;
            422, it would not fit the charter, or would end before it begins.
    """
    before = _advance(row, "edit")
    changes = [
        {"field": name.removesuffix("_day"), "before": _plain(getattr(row, name)), "after": _plain(value)}
        for name, value in sorted(values.items())
        if getattr(row, name) != value
    ]
    if not changes:
        return
    changed = {change["field"] for change in changes}
    for name, value in values.items():
        setattr(row, name, value)
    if row.until_day <= row.from_day:
        raise Problem(422, "invalid-period", _("until is not after from; until is the day after the last."))
    if changed & {"purposes", "areas"}:
        refuse(rules.unknown_words(charter, None, row.purposes, row.areas))
    if changed & {"lead", "partners"}:
        refuse(rules.unfit_members(charter, row.lead, row.partners, zones.day_in(clock.now(), charter.group.timezone)))
    if rules.lost_expected(row.expected, [one["expected"] for one in row.outputs if one["expected"]]):
        raise Problem(409, "output-is-answered", _("An expected output that is answered would be gone; keep it."))
    _mark(row)
    _done(session, row, "edited", by, before, changes=changes)


def complete(session: Session, row: ActivityRow, text: str, by: By) -> None:
    """Put on record that an activity is completed.

    Raises:
        Problem: 409, it is not under way.
    """
    before = _advance(row, "complete")
    row.closed_at = clock.now()
    _done(session, row, "completed", by, before, text=text)


def discontinue(session: Session, row: ActivityRow, reason: str, by: By) -> None:
    """Give an activity up, or turn a proposal down, with the reason.

    Raises:
        Problem: 409, it is closed already.
    """
    before = _advance(row, "discontinue")
    row.closed_at, row.reason = clock.now(), reason
    _done(session, row, "discontinued", by, before, text=reason)


def touch(session: Session, row: ActivityRow) -> None:
    """Count a change of an activity, and let who follows it see it."""
    row.version += 1
    row.changed_at = clock.now()
    session.add(row)
    events.changed(session, "activity", row.group_id, row.id)


def need_state(row: ActivityRow, verb: str) -> None:
    """Raises:
    Problem: 409, the verb may not be used on an activity in this state.
    """
    if rules.becomes(verb, row.state) is None:
        raise Problem(
            409,
            f"activity-is-{row.state}",
            _("{stands} So this cannot be done with it.", stands=_(rules.STANDS[row.state])),
        )


def _advance(row: ActivityRow, verb: str) -> str:
    """Move an activity on by a verb; the state it was in."""
    need_state(row, verb)
    before, row.state = row.state, rules.becomes(verb, row.state) or row.state
    return before


def _mark(row: ActivityRow) -> None:
    row.marks = rules.marks(row.purposes, row.areas, (row.lead, *row.partners))


def _done(session: Session, row: ActivityRow, what: str, by: By, before: str, **said: Any) -> None:
    touch(session, row)
    note(session, row, what, by, state=(before, row.state), **said)
    events.record(
        session,
        row.group_id,
        f"activity.{what}",
        row.id,
        str(row.version),
        actor=by.name,
        title=row.title,
        lead=row.lead,
        state=row.state,
        member=by.member,
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
