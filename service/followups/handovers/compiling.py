"""Puts a dossier together from what is known about a handover and the term that it ends. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from service.followups.handovers.contents import Cell, Dossier, Section, Table, table
from service.followups.handovers.rules import Boundary
from service.followups.reports.values import ActionLine, ActivityLine, DecisionLine, MeetingLine, TermReport
from service.groups.charter import Charter
from service.language.dates import spoken


class Checked(NamedTuple):
    """What was written under a heading of the checklist."""

    title: str
    text: str
    done: bool
    side: str | None
    by: str | None


class Paper(NamedTuple):
    """A document that is handed over, and the heading it stands under, if any."""

    title: str
    url: str
    symbol: str
    language: str
    revision: str
    under: str


class Ahead(NamedTuple):
    """Something that is to come: when, what, where, and how sure it is."""

    when: str
    title: str
    place: str
    state: str
    url: str | None = None


class Delivered(NamedTuple):
    """One message about this handover to one person; `at` is when it was accepted on the other side."""

    name: str
    address: str
    kind: str
    state: str
    at: datetime | None


class Contact(NamedTuple):
    """Somebody to turn to: of the outgoing or incoming side, or the focal point of a member."""

    name: str
    address: str
    organization: str
    part: str


class Known(NamedTuple):
    """Everything that a dossier says, as it stands at one instant."""

    confirmed: Sequence[tuple[str, str]]
    reservations: str
    checklist: Sequence[Checked]
    papers: Sequence[Paper]
    report: TermReport
    meetings: Sequence[Ahead]
    externals: Sequence[Ahead]
    told: Sequence[Delivered]
    contacts: Sequence[Contact]


def compiled(charter: Charter, boundary: Boundary, known: Known, reason: str | None = None) -> Dossier:
    """The dossier of a handover; `reason` says why it corrects an earlier one."""
    outgoing, incoming = (named(charter, boundary.chair(side)) for side in ("outgoing", "incoming"))
    report = known.report
    return Dossier(
        title=f"Handover of the chair from {outgoing} to {incoming}",
        running=f"{charter.group.name} · term of {outgoing}, {spoken(boundary.since)} to {spoken(boundary.day)}",
        facts=tuple(_facts(charter, boundary, known, reason)),
        sections=(
            Section(title="Checklist", table=_checklist(known.checklist)),
            Section(title="Documents handed over", table=_papers(known.papers)),
            Section(
                title="Actions of the chair, which pass on",
                table=_actions(charter, [one for one in report.actions if one.owner == "chair" and _is_open(one)]),
            ),
            Section(title="Decisions of the term", table=_decisions(charter, report.decisions)),
            Section(title="Common activities", table=_activities(charter, report.activities)),
            Section(
                title="Actions of the members",
                table=_actions(charter, [one for one in report.actions if one.owner != "chair"]),
            ),
            Section(
                title="Actions that the chair has settled",
                table=_actions(charter, [one for one in report.actions if one.owner == "chair" and not _is_open(one)]),
            ),
            Section(title="Coming meetings", table=_ahead(known.meetings)),
            Section(title="Coming external events", table=_ahead(known.externals)),
            *_chairs_report(charter, report),
            Section(title="Who was told of this handover", table=_told(charter, known.told)),
            Section(title="Contacts", table=_contacts(charter, known.contacts)),
        ),
    )


def named(charter: Charter, ids: Sequence[str]) -> str:
    """What people call a chair."""
    return " and ".join(charter.short(id_) for id_ in ids) or "a vacant chair"


def moment(at: datetime, zone: str) -> str:
    """An instant as clocks in `zone` show it: 1 July 2008, 00:00."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{spoken(local.date())}, {local:%H:%M}"


def _facts(charter: Charter, boundary: Boundary, known: Known, reason: str | None) -> Iterator[tuple[str, str]]:
    def full(ids: Sequence[str]) -> str:
        found = [charter.organization(id_) for id_ in ids]
        return "\n".join(one.name for one in found if one is not None) or "Nobody: the secretariat steers"

    yield "From", full(boundary.before.chair)
    yield "To", full(boundary.after.chair)
    yield "Passes on", f"{boundary.day:%A}, {spoken(boundary.day)}, at 00:00 ({charter.group.timezone})"
    yield "Term that ends", f"{spoken(boundary.since)} to {spoken(boundary.day)}"
    yield "Term that begins", f"{spoken(boundary.day)} to {spoken(boundary.until)}"
    yield from known.confirmed
    if known.reservations:
        yield "Reservations", known.reservations
    if reason:
        yield "Corrects an earlier dossier", reason


def _checklist(checked: Sequence[Checked]) -> Table | None:
    columns = [("Heading", 3), ("Done", 2), ("What was written", 8), ("By", 4)]
    return table(
        columns,
        [(one.title, "yes" if one.done else "no", one.text or "–", _writer(one)) for one in checked],
    )


def _writer(checked: Checked) -> str:
    if checked.by is None:
        return "–"
    return checked.by if checked.side == "secretariat" else f"{checked.by} ({checked.side})"


def _papers(papers: Sequence[Paper]) -> Table | None:
    columns = [("Document", 6), ("Symbol", 3), ("Language", 2), ("Revision", 2), ("Belongs to", 3)]
    rows = [
        (Cell(text=one.title, url=one.url), one.symbol, one.language, one.revision, one.under or "all of it")
        for one in papers
    ]
    return table(columns, rows)


def _is_open(action: ActionLine) -> bool:
    return action.state in ("open", "in-progress")


def _actions(charter: Charter, actions: Sequence[ActionLine]) -> Table | None:
    columns = [("No.", 3), ("Action", 8), ("Owner", 3), ("State", 3), ("Due", 3)]
    rows = []
    for one in actions:
        owner = "the chair" if one.owner == "chair" else charter.short(one.owner)
        due = _day(one.due) + (" (overdue)" if one.overdue else "")
        state = f"{one.state}, {spoken(one.settled)}" if one.settled else one.state
        rows.append((one.id, one.title, owner, state, due))
    return table(columns, rows)


def _decisions(charter: Charter, decisions: Sequence[DecisionLine]) -> Table | None:
    columns = [("No.", 2), ("Decision", 8), ("State", 3), ("Endorsed by", 4), ("Purposes", 2)]
    rows = []
    for one in decisions:
        text = f"{one.title}\n{one.verb}: {one.text}" if one.text else f"{one.title} ({one.verb})"
        state = f"{one.state}, {spoken(one.day)}" if one.day else one.state
        endorsed = ", ".join(charter.short(id_) for id_ in one.endorsed_by) or "–"
        rows.append((one.id, text, state, endorsed, _numbers(one.purposes)))
    return table(columns, rows)


def _activities(charter: Charter, activities: Sequence[ActivityLine]) -> Table | None:
    columns = [("No.", 3), ("Activity", 7), ("Lead and partners", 4), ("Period", 4), ("State", 3)]
    rows = []
    for one in activities:
        outputs = [f"Output: {title}" for title, _ in one.outputs]
        last = [f"{spoken(day)}, {_speaker(charter, by)}: {text}" for day, by, text in one.progress[-1:]]
        milestones = "milestone" if one.overdue == 1 else "milestones"
        state = f"{one.state}; {one.overdue} {milestones} overdue" if one.overdue else one.state
        rows.append(
            (
                one.id,
                "\n".join([f"{one.title} ({one.kind})", *outputs, *last]),
                ", ".join(charter.short(id_) for id_ in (one.lead, *one.partners)),
                f"{spoken(one.start)} to {spoken(one.end)}",
                state,
            )
        )
    return table(columns, rows)


def _speaker(charter: Charter, by: str) -> str:
    return "the chair" if by == "chair" else charter.short(by)


def _ahead(ahead: Sequence[Ahead]) -> Table | None:
    columns = [("When", 5), ("What", 7), ("Where", 4), ("State", 3)]
    rows = [(one.when, Cell(text=one.title, url=one.url), one.place or "–", one.state) for one in ahead]
    return table(columns, rows)


def _chairs_report(charter: Charter, report: TermReport) -> Iterator[Section]:
    programme = report.programme
    said: list[str] = []
    if programme is not None:
        said = [f"Theme: {programme.theme}", programme.text, programme.summary or ""]
        for words, ids in (("Activities", programme.activities), ("Carried on", programme.carried)):
            said += [f"{words}: {', '.join(ids)}"] if ids else []
        if programme.closed_on:
            said.append(f"Closed on {spoken(programme.closed_on)}.")
    yield Section(
        title="The chair's report: programme of the term",
        texts=tuple(text for text in said if text),
        none="No programme was set.",
    )
    yield Section(title="The chair's report: meetings of the term", table=_meetings(report.meetings))
    columns = [("Day", 3), ("By", 3), ("Theme", 4), ("Notice", 7)]
    rows = [(spoken(one.day), charter.short(one.member), one.theme, one.title) for one in report.notices]
    yield Section(title="The chair's report: notices of the members", table=table(columns, rows))


def _meetings(meetings: Sequence[MeetingLine]) -> Table | None:
    columns = [("Day", 3), ("Meeting", 5), ("State", 3), ("Outcomes", 8)]
    rows = []
    for one in meetings:
        where = f"{one.title}, {one.place}" if one.place else one.title
        state = f"{one.state}; minutes {one.minutes}" if one.minutes else one.state
        rows.append((spoken(one.day), where, state, "\n".join(f"{at}. {text}" for at, text in one.outcomes) or "–"))
    return table(columns, rows)


def _told(charter: Charter, told: Sequence[Delivered]) -> Table | None:
    columns = [("Person", 6), ("Message", 4), ("State", 2), ("Accepted", 4)]
    zone = charter.group.timezone
    rows = [
        (f"{one.name}\n{one.address}", one.kind, one.state, moment(one.at, zone) if one.at else "–") for one in told
    ]
    return table(columns, rows)


def _contacts(charter: Charter, contacts: Sequence[Contact]) -> Table | None:
    columns = [("Name", 6), ("For", 4), ("Part", 3), ("Address", 6)]
    rows = [(one.name, charter.short(one.organization), one.part, one.address) for one in contacts]
    return table(columns, rows)


def _numbers(purposes: Sequence[int]) -> str:
    return ", ".join(str(number) for number in purposes) or "–"


def _day(day: date | None) -> str:
    return spoken(day) if day else "–"
