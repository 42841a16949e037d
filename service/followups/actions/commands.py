"""Opening, logging, finishing, moving and passing on of actions, each inside the transaction of the caller."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlmodel import Session

from service import clock
from service.access.rules import Now
from service.followups.actions import checks
from service.followups.actions.changing import By, change, may, note, settle_new, told
from service.followups.actions.due import Due, resolve, standing
from service.followups.actions.queries import next_number
from service.followups.actions.rules import REACH, id_of
from service.followups.actions.tables import ActionRow
from service.language.speech import _, ngettext
from service.problems import Problem


def open_action(
    session: Session,
    now: Now,
    by: By,
    *,
    title: str,
    owner: str,
    text: str = "",
    helpers: Sequence[str] = (),
    assignee: str | None = None,
    due: date | None = None,
    before: str | None = None,
    source: str | None = None,
    purposes: Sequence[int] = (),
    documents: Sequence[dict[str, Any]] = (),
    visibility: str = "members",
    key: str | None = None,
    past: bool = False,
) -> ActionRow:
    """Open an action; the group's row is to be locked. `assignee` is an address of one of the owner's people.

    Nothing is written before everything fits. `past` lets it be due on a day that is over, for an import.

    Raises:
        Problem: 422, something does not fit the group as it stands.
    """
    charter = now.charter
    values: dict[str, Any] = {
        "owner": checks.owner(charter, owner, now.today),
        "helpers": checks.helpers(charter, helpers, owner, now.today),
        "purposes": checks.purposes(charter, purposes),
        "source": checks.source(session, charter, source, now.today) if source else None,
    }
    if assignee is not None:
        values["assignee"] = checks.assignee(session, charter, assignee, owner, now.chair, now.today)
    found = _due(session, now, due, before, past=past)
    number, instant = next_number(session, charter.group.id), clock.now()
    row = ActionRow(
        group_id=charter.group.id,
        id=id_of(number),
        number=number,
        title=title,
        text=text,
        documents=list(documents),
        visibility=visibility,
        key=key,
        due=found.day,
        before=before,
        meeting=found.meeting,
        place=now.today,
        due_since=instant,
        opened_at=instant,
        opened_by=by.name[:300],
        changed_at=instant,
        **values,
    )
    settle_new(row)
    note(session, row, "open", by, {}, told(row))
    return row


def _due(session: Session, now: Now, due: date | None, before: str | None, *, past: bool = False) -> Due:
    if due is not None and before is not None:
        raise Problem(422, "two-due-dates", _("Give due or before, not both."))
    if before is not None:
        return resolve(session, now.charter, before)
    if due is None:
        return Due(None, None)
    if due < (now.charter.group.founded if past else now.today):
        raise Problem(422, "due-is-past", _("due is a day that is over; give today or a later day."))
    if due > now.today + REACH:
        raise Problem(
            422,
            "too-far-ahead",
            ngettext(
                "due lies at most {n} year ahead; give an earlier day.",
                "due lies at most {n} years ahead; give an earlier day.",
                REACH.days // 366,
            ),
        )
    return Due(due, None)


def start(session: Session, row: ActionRow, by: By, text: str = "", links: list[dict[str, Any]] | None = None) -> None:
    """Put on record that work has begun, with a word on it and links where there are any."""
    change(session, row, "start", by, text=text, links=links)


def log(session: Session, row: ActionRow, by: By, text: str, links: list[dict[str, Any]]) -> None:
    """Add a comment, or links as proof.

    Raises:
        Problem: 422, neither is given.
    """
    if not text and not links:
        raise Problem(422, "empty-entry", _("Write a text, or give links."))
    change(session, row, "log", by, text=text, links=links)


def finish(session: Session, row: ActionRow, by: By, text: str, links: list[dict[str, Any]]) -> None:
    """Put on record that it is done, with links as proof."""
    change(session, row, "finish", by, text=text, links=links)


def drop(session: Session, row: ActionRow, by: By, reason: str) -> None:
    """Give it up, with the reason."""
    change(session, row, "drop", by, text=reason, reason=reason)


def reopen(session: Session, now: Now, row: ActionRow, by: By, reason: str) -> None:
    """Take it up again; where it waits for a meeting, for the one that comes by now."""
    may(row, "reopen")
    due = standing(session, now.charter, row)
    change(session, row, "reopen", by, text=reason, reason=None, due=due.day, meeting=due.meeting)


def reschedule(
    session: Session, now: Now, row: ActionRow, by: By, reason: str, *, due: date | None, before: str | None
) -> None:
    """Move the due date; neither `due` nor `before` takes it away.

    Raises:
        Problem: 409, it is due then already, or finished; 422, the day is over, too far ahead or before no meeting.
    """
    may(row, "reschedule")
    found = _due(session, now, due, before)
    if (found.day, before, found.meeting) == (row.due, row.before, row.meeting):
        raise Problem(409, "due-already", _("This action is due then already; give another day."))
    change(session, row, "reschedule", by, text=reason, due=found.day, before=before, meeting=found.meeting)


def assign(session: Session, now: Now, row: ActionRow, by: By, given: dict[str, Any], text: str = "") -> None:
    """Name who does it (`assignee`, an address of the owner's people, or nobody) and who helps (`helpers`).

    Raises:
        Problem: 409, it is finished; 422, neither is given, or one does not fit.
    """
    may(row, "assign")
    values: dict[str, Any] = {}
    if given.get("helpers") is not None:
        values["helpers"] = checks.helpers(now.charter, given["helpers"], row.owner, now.today)
    if "assignee" in given:
        email = given["assignee"]
        values["assignee"] = (
            checks.assignee(session, now.charter, email, row.owner, now.chair, now.today) if email else None
        )
    if not values:
        raise Problem(422, "nothing-given", _("Give assignee, helpers, or both."))
    change(session, row, "assign", by, text=text, **values)


def transfer(session: Session, now: Now, row: ActionRow, by: By, owner: str, reason: str) -> None:
    """Let another owner answer for it; who was assigned by the old one no longer is.

    Raises:
        Problem: 409, it answers already, or the action is finished; 422, it is no member.
    """
    may(row, "transfer")
    checks.owner(now.charter, owner, now.today)
    if owner == row.owner:
        raise Problem(409, "owner-already", _("This owner answers for it already; name another."))
    helpers = [id_ for id_ in row.helpers if id_ != owner]
    change(session, row, "transfer", by, text=reason, owner=owner, helpers=helpers, assignee=None)
