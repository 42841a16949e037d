"""Reports as Markdown that reads well. Pure; what people wrote stands in it as text and is markup nowhere."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta

from service.followups.reports.rules import PENDING
from service.followups.reports.values import (
    ActionLine,
    ActivityLine,
    DecisionLine,
    Figures,
    MeetingLine,
    PurposeLine,
    PurposesReport,
    TermReport,
)
from service.groups.charter import Charter
from service.language.dates import spoken
from service.zones import day_in

Namer = Callable[[str], str]
_MARKUP = re.compile(r"([\\`*_\[\]<>|~#&!])")
# What makes a list, a heading or a rule at the beginning of a line.
_BEGINS = re.compile(r"^(?:([-+=])|(\d{1,9})([.)]))")


def term_markdown(report: TermReport, charter: Charter) -> str:
    """The chair's report of a term; the charter gives members the names that people call them by."""
    name = charter.short
    parts = [f"# {_line(charter.group.label)}: report of the chair", _facts(report, charter)]
    if report.programme is not None:
        parts.append(f"## Theme\n\n{_line(report.programme.theme) or 'None was set.'}")
        parts += [_paragraphs(text) for text in (report.programme.text, report.programme.summary) if text]
        left = [one for one in report.activities if one.id in report.programme.unfinished]
        if left:
            carried = set(report.programme.carried)
            parts.append("Unfinished when the programme was closed:")
            parts.append(_list(f"{_titled(one)}{', carried on' if one.id in carried else ''}" for one in left))
    parts += ["## In figures", _list(_figures(report.figures))]
    parts += _section("Meetings", [_meeting(one) for one in report.meetings])
    parts += _section("Decisions of the group", [_list(_decision(one, name) for one in report.decisions)])
    of_programme = [one for one in report.activities if one.in_programme]
    others = [one for one in report.activities if not one.in_programme]
    parts += _section("Activities of the programme", [_activity(one, name) for one in of_programme])
    parts += _section("Other common activities", [_activity(one, name) for one in others])
    still = [one for one in report.actions if one.state in PENDING]
    settled = [one for one in report.actions if one.state not in PENDING]
    parts += _section("Actions settled", [_list(_action(one, name) for one in settled)])
    parts += _section("Actions still open", [_list(_action(one, name) for one in still)])
    told = (
        f"{spoken(one.day)}, {_line(name(one.member))}, {_line(one.theme)}: {_line(one.title)}"
        for one in report.notices
    )
    parts += _section("Notices of the members", [_list(told)])
    return "\n\n".join(part for part in parts if part) + "\n"


def purposes_markdown(report: PurposesReport, charter: Charter) -> str:
    """The report to purposes; the charter gives members the names that people call them by."""
    name = charter.short
    parts = [
        f"# {_line(charter.group.label)}: report to purposes",
        f"From {spoken(report.start)} to {_last(report.end)}.",
    ]
    idle = [one for one in report.purposes if one.idle]
    if idle:
        lay = ", ".join(str(one.number) for one in idle)
        parts.append(f"Purposes that lay idle: {lay}.")
    elif report.purposes:
        parts.append("No purpose lay idle.")
    for one in report.purposes:
        parts += _purpose(one, name)
    return "\n\n".join(part for part in parts if part) + "\n"


def _facts(report: TermReport, charter: Charter) -> str:
    chair = _names(report.chair, charter.short) or "vacant; the secretariat steers"
    today = spoken(day_in(report.as_of, charter.group.timezone))
    seen = "over" if report.over else f"still running on {today}"
    return _list(
        [
            f"Chair: {_line(chair)}",
            f"Term: {spoken(report.start)} to {_last(report.end)} ({report.kind}, {seen})",
        ]
    )


def _figures(found: Figures) -> Iterator[str]:
    yield f"{_count(found.meetings_held, 'meeting')} held, {found.meetings_cancelled} cancelled"
    yield f"{_count(found.decisions_adopted, 'decision')} adopted"
    yield (
        f"{_count(found.activities_agreed, 'common activity', 'common activities')} agreed, "
        f"{found.activities_completed} completed, {found.activities_discontinued} discontinued, "
        f"{found.activities_alive} under way"
    )
    yield (
        f"{_count(found.actions_opened, 'action')} opened, {found.actions_done} done, {found.actions_dropped} dropped, "
        f"{found.actions_open} open ({found.actions_overdue} overdue)"
    )
    yield f"{_count(found.notices, 'notice')} published"


def _meeting(one: MeetingLine) -> str:
    held = [one.state.capitalize()]
    held += [f"{_line(one.presided_by)} presiding"] if one.presided_by else []
    held += [f"minutes {one.minutes}"] if one.minutes else []
    place = f", {_line(one.place)}" if one.place else ""
    parts = [f"### {spoken(one.day)}: {_line(one.title)}", f"{', '.join(held)}{place}."]
    if one.outcomes:
        parts.append("\n".join(f"{number}. {_line(text)}" for number, text in one.outcomes))
    return "\n\n".join(parts)


def _decision(one: DecisionLine, name: Namer) -> str:
    state = f"{one.state} on {spoken(one.day)}" if one.day else one.state
    said = f"**{one.id}** {_line(one.title)}: {state}{_purposes(one.purposes)}"
    return f"{said}; endorsed by {_line(_names(one.endorsed_by, name))}" if one.endorsed_by else said


def _activity(one: ActivityLine, name: Namer) -> str:
    with_ = f" with {_line(_names(one.partners, name))}" if one.partners else ""
    lines = [
        f"{one.state}{_purposes(one.purposes)}; {spoken(one.start)} to {_last(one.end)}",
        f"led by {_line(name(one.lead))}{with_}",
    ]
    if one.agreed:
        lines.append(f"agreed on {spoken(one.agreed)}{f' by decision {one.decision}' if one.decision else ''}")
    if one.overdue:
        lines.append(f"{_count(one.overdue, 'milestone')} overdue")
    lines += [f"{spoken(day)}, {_line(name(member))}: {_line(text)}" for day, member, text in one.progress]
    lines += [f"output: {_link(title, url)}" for title, url in one.outputs]
    return f"### {one.id}: {_line(one.title)}\n\n{_list(lines)}"


def _action(one: ActionLine, name: Namer) -> str:
    owner = "the chair" if one.owner == "chair" else name(one.owner)
    state = f"{one.state} on {spoken(one.settled)}" if one.settled else one.state
    due = f", due {spoken(one.due)}{' (overdue)' if one.overdue else ''}" if one.due and not one.settled else ""
    return f"{one.id} {_line(one.title)}: {_line(owner)}, {state}{due}{_purposes(one.purposes)}"


def _purpose(one: PurposeLine, name: Namer) -> Iterator[str]:
    yield f"## {one.number}. {_line(one.purpose)}"
    if one.idle:
        yield "It lay idle: nothing was decided, agreed, reported or done."
    reported = (f"{_titled(found)}: {_line(found.progress[-1].text)}" for found in one.reported)
    done = [*map(_titled, one.done_activities), *(_action(found, name) for found in one.done_actions)]
    still = [*map(_titled, one.open_activities), *(_action(found, name) for found in one.open_actions)]
    for heading, lines in (
        ("Decided", [_decision(found, name) for found in one.decided]),
        ("Agreed", [_titled(found) for found in one.agreed]),
        ("Reported", list(reported)),
        ("Done", done),
        ("Still open", still),
    ):
        if lines:
            yield f"{heading}:"
            yield _list(lines)


def _titled(one: ActivityLine) -> str:
    return f"{one.id} {_line(one.title)} ({one.state})"


def _section(heading: str, parts: Sequence[str]) -> list[str]:
    """A heading and what stands below it; nothing where that is empty."""
    found = [part for part in parts if part]
    return [f"## {heading}", *found] if found else [f"## {heading}", "None."]


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _names(ids: Iterable[str], name: Namer) -> str:
    return ", ".join(name(id_) for id_ in ids)


def _purposes(numbers: Sequence[int]) -> str:
    if not numbers:
        return ""
    return f" (purpose{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))})"


def _last(end: date) -> str:
    """The last day before `end`."""
    return spoken(end - timedelta(days=1))


def _link(title: str, url: str) -> str:
    return f"[{_line(title)}](<{url}>)"


def _paragraphs(text: str) -> str:
    """Each paragraph of a text as one line."""
    return "\n\n".join(_line(part) for part in re.split(r"\n\s*\n", text.strip()))


def _line(text: str | None) -> str:
    """A text on one line, with nothing in it that Markdown would take for its own."""
    joined = " ".join((text or "").split())
    return _BEGINS.sub(lambda at: f"\\{at[1]}" if at[1] else f"{at[2]}\\{at[3]}", _MARKUP.sub(r"\\\1", joined))
