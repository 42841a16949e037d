"""Taking, opening, answering, revising and withdrawing decisions, each inside the transaction of the caller."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from service import clock, events, zones
from service.followups.decisions import rules
from service.followups.decisions.making import count, need_member, new_row, source
from service.followups.decisions.queries import ADOPTED, answers, course, state_of
from service.followups.decisions.tables import GroupAnswerRow, GroupDecisionRow
from service.groups.charter import Charter
from service.language.speech import _, ngettext
from service.meetings.rules import STANDS as MEETING
from service.problems import Problem


def record(
    session: Session, charter: Charter, *, endorsing: Sequence[str], dissociating: Mapping[str, str], actor: str,
    **values: Any,
) -> GroupDecisionRow:  # fmt: skip
    """Put on record what the group has taken by consensus at a meeting that was held, and who was named with it.

    Raises:
        Problem: 409, the meeting was not held, or what it supersedes is not adopted; 422, no meeting, or a purpose,
            outcome or member that is not there.
    """
    if values.get("meeting") is None:
        raise Problem(
            422,
            "meeting-required",
            _("Name the meeting that took it; without one, give until for a silence procedure."),
        )
    meeting = source(session, charter, values)
    assert meeting is not None
    if meeting.state != "held":
        state = meeting.state
        raise Problem(
            409, f"meeting-is-{state}", _("{stands} Only one that was held has decided.", stands=_(MEETING[state]))
        )
    day = zones.day_in(meeting.start, charter.group.timezone)
    named = [*endorsing, *dissociating]
    if len(set(named)) != len(named):
        raise Problem(422, "repeated-member", _("A member is named twice among endorsing and dissociating."))
    if values["position"] and not endorsing:
        raise Problem(422, "endorsing-required", _("A common position names in endorsing the agencies that carry it."))
    for member in named:
        need_member(charter, member, day)
    row = new_row(session, charter, actor=actor, **values)
    said = [(member, "endorse", None) for member in endorsing]
    said += [(member, "dissociate", reason) for member, reason in dissociating.items()]  # type: ignore[misc]
    for number, (member, choice, reason) in enumerate(said, 1):
        _keep(session, row, number, member, choice, reason, actor)
    events.record(session, row.group_id, "decision.recorded", row.id, "0", actor=actor, title=row.title)
    note_adopted(session, row, row.opened_at, actor=actor)
    return row


def open_(session: Session, charter: Charter, *, last: date, actor: str, **values: Any) -> GroupDecisionRow:
    """Open a silence procedure: adopted when the day `last` (in the group's zone) ends and nobody objects.

    Raises:
        Problem: 409, the meeting it comes from is cancelled, or what it supersedes is not adopted; 422, the deadline
            is too near or too far, or a purpose or outcome is not there.
    """
    meeting = source(session, charter, values)
    if meeting is not None and meeting.state == "cancelled":
        raise Problem(409, "meeting-is-cancelled", _("This meeting is cancelled; leave it out, or name another one."))
    row = new_row(session, charter, actor=actor, round=1, until=deadline(charter, last), **values)
    events.record(
        session, row.group_id, "decision.opened", row.id, "1", actor=actor, round=1, until=last.isoformat(),
        title=row.title,
    )  # fmt: skip
    events.changed(session, "decision", row.group_id, row.id)
    return row


def deadline(charter: Charter, last: date) -> datetime:
    """The instant at which the day `last` ends in the group's zone.

    Raises:
        Problem: 422, it leaves members too little time, or more than they need.
    """
    zone = charter.group.timezone
    least, most = rules.SILENCE
    if not least <= (last - zones.day_in(clock.now(), zone)).days <= most:
        raise Problem(
            422,
            "invalid-deadline",
            ngettext(
                "Give members {least} to {n} day from today.",
                "Give members {least} to {n} days from today.",
                most,
                least=least,
            ),
        )
    return zones.midnight(last + timedelta(days=1), zone)


def answer(
    session: Session, charter: Charter, row: GroupDecisionRow, member: str, choice: rules.Choice, reason: str | None,
    *, round_: int, actor: str,
) -> None:  # fmt: skip
    """Take the answer of a member to the present round; it replaces its answer of before, which is kept.

    Raises:
        Problem: 409, the round is over, or an older one is meant; 422, no such member today, or no reason.
    """
    now = clock.now()
    if not rules.takes_answers(course(row), now):
        state = state_of(session, row)
        raise Problem(
            409, f"decision-is-{state}", _("{stands} The time to answer is over.", stands=_(rules.STANDS[state]))
        )
    if round_ != row.round:
        raise Problem(
            409,
            "other-round",
            _("This decision is in round {round} by now; read its text again and answer to that.", round=row.round),
        )
    need_member(charter, member, zones.day_in(now, charter.group.timezone))
    if choice in rules.NEEDS_REASON and not reason:
        raise Problem(422, "reason-required", _("Say in reason why; only an endorsement needs none."))
    known = answers(session, row)
    last = rules.standing(known, row.round).get(member)
    if last is not None and (last.answer, last.reason, last.by) == (choice, reason or None, actor):
        return
    given = _keep(session, row, len(known) + 1, member, choice, reason or None, actor)
    before, row.objections = row.objections, rules.objecting([*known, given], row.round)
    count(session, row)
    contests = row.objections > 0 and not before
    events.record(
        session, row.group_id, "decision.answered", row.id, f"{row.round}:{given.number}", actor=actor, member=member,
        answer=choice, round=row.round, contests=contests,
    )  # fmt: skip
    if contests:
        events.record(
            session, row.group_id, "decision.contested", row.id, f"{row.round}:{given.number}", actor=actor,
            member=member, round=row.round,
        )  # fmt: skip
    events.changed(session, "decision", row.group_id, row.id)


def revise(
    session: Session, charter: Charter, row: GroupDecisionRow, *, text: str, title: str | None, last: date, actor: str
) -> None:
    """Put a new text to the members, with a new deadline: the next round, in which everybody is asked anew.

    Raises:
        Problem: 409, it is adopted or withdrawn, or was revised too often; 422, as `deadline`.
    """
    _runs(session, row)
    if row.round >= rules.ROUNDS:
        raise Problem(409, "revised-too-often", _("This decision was revised too often; withdraw it and open another."))
    until = deadline(charter, last)
    row.rounds = [*row.rounds, kept_round(row)]
    row.text, row.title = text, title or row.title
    row.round, row.asked_at, row.until, row.objections = row.round + 1, clock.now(), until, 0
    count(session, row)
    events.record(
        session, row.group_id, "decision.revised", row.id, str(row.round), actor=actor, round=row.round,
        until=last.isoformat(), title=row.title,
    )  # fmt: skip
    events.changed(session, "decision", row.group_id, row.id)


def withdraw(session: Session, row: GroupDecisionRow, *, reason: str, actor: str) -> None:
    """Give a decision up; it stays on record with the reason.

    Raises:
        Problem: 409, it is adopted or withdrawn.
    """
    _runs(session, row)
    row.withdrawn_at, row.reason = clock.now(), reason
    count(session, row)
    events.record(session, row.group_id, "decision.withdrawn", row.id, "0", actor=actor, reason=reason, round=row.round)
    events.changed(session, "decision", row.group_id, row.id)


def note_adopted(session: Session, row: GroupDecisionRow, at: datetime, *, actor: str | None = None) -> None:
    """Record that a decision is adopted since `at`, and by that what it supersedes is superseded."""
    events.record(
        session, row.group_id, ADOPTED, row.id, str(row.round), effective_at=at, actor=actor, round=row.round,
        title=row.title,
    )  # fmt: skip
    if row.supersedes is not None:
        events.record(
            session, row.group_id, "decision.superseded", row.supersedes, row.id, effective_at=at, actor=actor,
            superseded_by=row.id,
        )  # fmt: skip


def kept_round(row: GroupDecisionRow) -> dict[str, Any]:
    """The present round as it is kept once it is over."""
    return {
        "round": row.round,
        "title": row.title,
        "text": row.text,
        "asked_at": row.asked_at.isoformat(),
        "until": row.until.isoformat() if row.until else None,
    }


def _runs(session: Session, row: GroupDecisionRow) -> None:
    """Only an open or contested one is revised and withdrawn; what is adopted is superseded by another."""
    if not rules.is_running(course(row), clock.now()):
        state = state_of(session, row)
        detail = _(
            "{stands} Only an open or contested one is revised or withdrawn; what is adopted is superseded by another.",
            stands=_(rules.STANDS[state]),
        )
        raise Problem(409, f"decision-is-{state}", detail)


def _keep(
    session: Session, row: GroupDecisionRow, number: int, member: str, choice: str, reason: str | None, actor: str
) -> GroupAnswerRow:
    given = GroupAnswerRow(
        group_id=row.group_id, decision=row.id, number=number, round=row.round, member=member, answer=choice,
        reason=reason, by=actor, at=clock.now(),
    )  # fmt: skip
    session.add(given)
    return given
