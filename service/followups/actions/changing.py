"""The one place where an action's row changes: the log is written, the event recorded, and who follows it told."""

from typing import Any, NamedTuple

from sqlmodel import Session

from service import clock, events
from service.followups.actions.rules import LOG, NO_DAY, PENDING, STANDS, TOLD, VERBS, differences, plain
from service.followups.actions.tables import ActionLogRow, ActionRow
from service.language.speech import _, ngettext
from service.problems import Problem

_KINDS = {
    "open": "action.opened",
    "start": "action.started",
    "log": "action.logged",
    "finish": "action.finished",
    "drop": "action.dropped",
    "reopen": "action.reopened",
    "reschedule": "action.rescheduled",
    "assign": "action.assigned",
    "transfer": "action.transferred",
    "follow": "action.followed",
}


class By(NamedTuple):
    """Who acts, and for which organization; None where it is for the record, or the clock alone."""

    name: str
    organization: str | None


def may(row: ActionRow, verb: str) -> None:
    """Raises:
    Problem: 409, the action is in a state in which this is not done.
    """
    if row.state not in VERBS[verb][0]:
        raise Problem(
            409,
            f"action-is-{row.state}",
            _("{stands} So this cannot be done with it.", stands=_(STANDS[row.state])),
        )


def change(
    session: Session,
    row: ActionRow,
    verb: str,
    by: By,
    *,
    text: str = "",
    links: list[dict[str, Any]] | None = None,
    **values: Any,
) -> None:
    """Give an action other values by a verb, with an entry in its log.

    Raises:
        Problem: 409, it is in a state in which this is not done, or its log is full.
    """
    may(row, verb)
    if verb == "log" and row.version >= LOG:
        raise Problem(
            409,
            "log-is-full",
            ngettext(
                "The log of an action has at most {n} entry; open another action.",
                "The log of an action has at most {n} entries; open another action.",
                LOG,
            ),
        )
    seen = told(row)
    leads = VERBS[verb][1]
    for name, value in values.items() if leads is None else (values | {"state": leads}).items():
        setattr(row, name, value)
    now = clock.now()
    before, after = differences(seen, told(row))
    if "state" in after:
        row.pending = row.state in PENDING
        row.closed_at = None if row.pending else now
    if "due" in after:
        _settle(row)
    row.version += 1
    row.changed_at = now
    note(session, row, verb, by, before, after, text, links)


def settle_new(row: ActionRow) -> None:
    """Give a new action its place in lists."""
    row.place = row.due or NO_DAY


def _settle(row: ActionRow) -> None:
    settle_new(row)
    row.dues += 1
    row.due_since = clock.now()


def note(
    session: Session,
    row: ActionRow,
    verb: str,
    by: By,
    before: dict[str, Any],
    after: dict[str, Any],
    text: str = "",
    links: list[dict[str, Any]] | None = None,
) -> None:
    """Write an action with the entry of this version, record the event, and let every follower see what changed."""
    session.add(row)
    session.flush()
    session.add(
        ActionLogRow(
            group_id=row.group_id,
            action=row.id,
            number=row.version,
            verb=verb,
            at=row.changed_at,
            by=by.name[:300],
            organization=by.organization,
            before=before,
            after=after,
            text=text,
            links=links or [],
        )
    )
    events.record(
        session,
        row.group_id,
        _KINDS[verb],
        row.id,
        str(row.version),
        actor=by.name,
        organization=by.organization,
        owner=row.owner,
        state=row.state,
        due=plain(row.due),
    )
    if after:
        events.changed(session, "action", row.group_id, row.id)


def told(row: ActionRow) -> dict[str, Any]:
    """The fields of an action that its log tells, as the log keeps them."""
    return {name: plain(getattr(row, name)) for name in TOLD}
