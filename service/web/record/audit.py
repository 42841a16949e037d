"""The audit: who changed what when, by whose authority, newest first."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any, NamedTuple

from fastapi import APIRouter, Request, Response

from service.access.audit_api import Wanted, entries
from service.access.scene import Scene
from service.access.verbs import VERBS
from service.audit import CLOCK, AuditRow
from service.groups import queries as groups
from service.language.dates import listed
from service.language.speech import N_, _
from service.problems import Problem
from service.web.frame.page import page
from service.web.frame.visitor import looking
from service.zones import read_day

router = APIRouter(include_in_schema=False)
_SHOWN = 40
# So many kinds of rows are named in a line, so many fields of an entry are shown, and so much of each value.
_KINDS, _FIELDS, _VALUE = 5, 12, 160
# What counts every change of a row says nothing of it.
_COUNTERS = {"version", "stamp"}
AUTHORITY = {
    "self": N_("for themselves"), "member": N_("as a member"), "own": N_("for their own agency"),
    "chair": N_("as the chair"), "secretariat": N_("as the secretariat"), "public": N_("as anybody"),
}  # fmt: skip
# What people call the rows that are changed; another one has the name of its table.
NAMES = {
    "group": N_("the group"), "organization": N_("member or seat"), "head_holder": N_("head of an organization"),
    "person": N_("person"), "appointment": N_("appointment"), "chair_decision": N_("chair decision"),
    "chair_record": N_("term on record"), "rotation_rule": N_("rule of rotation"), "holiday": N_("holiday"),
    "cadence": N_("rhythm of meetings"), "meeting": N_("meeting"), "agenda_item": N_("agenda item"),
    "attendance": N_("attendance"), "meeting_invitation": N_("invitation"), "minutes": N_("minutes"),
    "minutes_objection": N_("objection to minutes"), "outcome": N_("outcome"), "news": N_("news"),
    "poll": N_("poll"), "ballot": N_("vote"),
    "group_decision": N_("group decision"), "group_answer": N_("answer to a decision"), "activity": N_("activity"),
    "milestone": N_("milestone"), "programme": N_("programme"), "action": N_("action"), "action_log": N_("update"),
    "notice": N_("notice"), "handover": N_("handover"), "handover_answer": N_("entry of the checklist"),
    "dossier": N_("dossier"), "token": N_("token"), "mailbox": N_("mailbox"), "delivery": N_("delivery"),
    "choice": N_("choice"), "absence": N_("absence"), "webhook": N_("webhook"), "observer": N_("guest"),
}  # fmt: skip


class Field(NamedTuple):
    """A field that was changed; None where it was not there before, or is not there any more."""

    name: str
    before: str | None
    after: str | None


class Line(NamedTuple):
    """A row that a write has changed, its fields, and how many more there are than are shown."""

    row: AuditRow
    fields: list[Field]
    more: int


class Write(NamedTuple):
    """One write, as its first row tells it, with all the rows that it has changed."""

    row: AuditRow
    lines: list[Line]


@router.get("/groups/{group}/record/audit")
def audit(
    group: str,
    request: Request,
    person: str = "",
    by: str = "",
    verb: str = "",
    day: str = "",
    what: str = "",
    key: str = "",
    after: str | None = None,
) -> Response:
    """Every write, newest first; those of one person, verb, day or row on demand."""
    with looking(request, group) as at:
        at.need("audit.look")
        fault, wanted = "", Wanted(what or None, key or None, by or None, verb or None)
        try:
            wanted = wanted._replace(by=_who(at, person.strip()) or by or None, day=read_day(day) if day else None)
        except ValueError:
            fault = _("Write a day as 2026-11-30.")
        except Problem as problem:
            fault = problem.detail
        found, older = entries(at, wanted, after, _SHOWN) if not fault else ([], None)
        return page(
            "record/audit.html",
            422 if fault else 200,
            at=at,
            title=_("Audit"),
            wide=True,
            writes=_writes(found),
            older=older,
            person=person,
            by=by,
            verb=verb,
            day=day,
            what=what,
            key=key,
            verbs=sorted(name for name, (_by, scope) in VERBS.items() if scope is not None),
            authority=lambda name: _(AUTHORITY[name]) if name in AUTHORITY else name,
            name_of=_name,
            summary=_summary,
            clock=CLOCK,
            fault=fault,
        )


def _who(at: Scene, email: str) -> str | None:
    """How the audit knows the person with a mail address.

    Raises:
        Problem: 422, nobody here has that address.
    """
    if not email:
        return None
    rows = groups.people_rows(at.session, at.group_id)
    found = next((row for row in rows if row.email.casefold() == email.casefold()), None)
    if found is None:
        raise Problem(422, "person-unknown", _("Nobody here has this mail address; look it up on the page of people."))
    return f"person:{found.id}"


def _writes(found: Sequence[AuditRow]) -> list[Write]:
    """The rows by the write that has changed them: those of one instant, by one caller, for one request."""
    grouped = groupby(found, lambda row: (row.at, row.by, row.verb, row.request))
    writes = ([Line(row, *_fields(row)) for row in rows] for _of, rows in grouped)
    return [Write(lines[0].row, lines) for lines in writes]


def _name(what: str) -> str:
    """What people call the rows of a table."""
    return _(NAMES[what]) if what in NAMES else what.replace("_", " ")


def _summary(write: Write) -> str:
    """What a write was about: the kinds of rows, each once; what changes with every write comes last."""
    kinds = dict.fromkeys(line.row.what for line in write.lines)
    return listed([_name(what) for what in sorted(kinds, key=lambda what: what == "group")][:_KINDS])


def _fields(row: AuditRow) -> tuple[list[Field], int]:
    """The fields that an entry has changed, as far as they are shown, and how many more there are."""
    before, after = row.before or {}, row.after or {}
    changed = (name for name in {**before, **after} if before.get(name) != after.get(name))
    names = [name for name in changed if name not in _COUNTERS]
    found = [Field(name, _value(before, name), _value(after, name)) for name in names[:_FIELDS]]
    return found, max(0, len(names) - _FIELDS)


def _value(values: dict[str, Any], name: str) -> str | None:
    value = values.get(name)
    if value is None or value == "":
        return None
    text = str(value)
    return text if len(text) <= _VALUE else text[:_VALUE] + "…"
