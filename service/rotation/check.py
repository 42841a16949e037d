"""Whether a charter holds together: names that exist, days in order, a rotation that can be laid.

`load` is the one door for a charter file: text in, a charter that can be used out.
"""

from collections.abc import Iterable
from datetime import date

from pydantic import ValidationError

from service.groups.charter import Charter
from service.groups.parts import FIRST_DAY
from service.groups.source import CharterProblem, Path, Source, read
from service.language.speech import speaking
from service.rotation.engine import inner_terms, terms
from service.rotation.values import RotationProblem


def load(text: str | bytes, name: str = "charter") -> Charter:
    """The charter in `text`.

    Raises:
        CharterProblem: every fault found, each as `name:line: where: what to write instead`.
    """
    source = read(text, name)
    if not isinstance(source.data, dict):
        raise CharterProblem([f"{name}:1: a charter begins with charter: 1, group: and members:"])
    try:
        # A file is in one language throughout, and its faults are in that of its words.
        with speaking("en"):
            charter = Charter.model_validate(source.data)
    except ValidationError as error:
        raise CharterProblem(_schema_faults(source, error)) from None
    faults = [*_name_faults(charter)] or [*_rotation_faults(charter)]
    if faults:
        raise CharterProblem([source.fault(path, text) for path, text in faults])
    return charter


def verify(charter: Charter) -> None:
    """Refuse a charter that came by another door than a file.

    Raises:
        RotationProblem: names that do not exist, or a rotation that cannot be laid.
    """
    faults = [*_name_faults(charter)] or [*_rotation_faults(charter)]
    if faults:
        raise RotationProblem(faults)


def _schema_faults(source: Source, error: ValidationError) -> list[str]:
    faults = []
    for found in error.errors(include_url=False, include_input=False):
        path = tuple(step for step in found["loc"] if not _is_branch(step))
        message = found["msg"].removeprefix("Value error, ")
        if found["type"] == "extra_forbidden":
            hint = "; the day of a decision is taken: 2008-05-03" if path[-1] == "on" else ""
            message = (
                f"is no field of {'.'.join(map(str, path[:-1])) or 'a charter'}; take it out or correct its name{hint}"
            )
        elif found["type"] == "missing":
            message = "is missing; write it here"
        faults.append(source.fault(path, message))
    return sorted(set(faults), key=lambda fault: int(fault[len(source.name) + 1 :].split(":")[0]))


def _is_branch(step: str | int) -> bool:
    """Pydantic names the branch of a union in the path of a fault; the file has no such step."""
    return isinstance(step, str) and ("[" in step or step in ("str", "date", "time"))


Faults = Iterable[tuple[Path, str]]


def _name_faults(charter: Charter) -> Faults:
    yield from _repeated(charter)
    members = {member.id for member in charter.members}
    known = {organization.id for organization in charter.organizations()}
    for at, entry in enumerate(charter.history):
        yield from _unknown(("history", at, "chair"), entry.chair, members)
        if entry.from_ < charter.group.founded:
            yield ("history", at, "from"), f"{entry.from_} lies before the founding ({charter.group.founded})"
    for at, rule in enumerate(charter.rotation):
        yield from _unknown(("rotation", at, "order"), rule.order if rule.order != "alphabetical" else [], members)
        yield from _unknown(("rotation", at, "first"), [rule.first] if rule.first else [], members)
        if rule.from_ < charter.group.founded:
            yield ("rotation", at, "from"), f"{rule.from_} lies before the founding ({charter.group.founded})"
    for at, decision in enumerate(charter.decisions):
        yield from _unknown(("decisions", at), decision.names, members)
        if decision.begins is not None and decision.begins < charter.group.founded:
            yield ("decisions", at), f"{decision.begins} lies before the founding ({charter.group.founded})"
    for at, person in enumerate(charter.people):
        for place, appointment in enumerate(person.appointments):
            path = ("people", at, "appointments", place, "organization")
            yield from _unknown(path, [appointment.organization] if appointment.organization else [], known)
            if appointment.organization is None and appointment.role not in ("secretariat", "observer"):
                yield path, f"is missing; {appointment.role} is a role for an organization"
    for at, cadence in enumerate(charter.cadences):
        yield from _unknown(("cadences", at, "members"), cadence.members or [], members)
        if cadence.from_ < charter.group.founded:
            yield ("cadences", at, "from"), f"{cadence.from_} lies before the founding ({charter.group.founded})"
    yield from _inner_faults(charter)


def _inner_faults(charter: Charter) -> Faults:
    for at, member in enumerate(charter.members):
        seats = {seat.id for seat in member.seats}
        for place, rule in enumerate(member.rotation):
            path = ("members", at, "rotation", place)
            yield from _unknown((*path, "order"), rule.order if rule.order != "alphabetical" else [], seats)
            yield from _unknown((*path, "first"), [rule.first] if rule.first else [], seats)
        if member.rotation and not member.seats:
            yield ("members", at, "rotation"), "rotates among seats, but none are listed; add seats"


def _repeated(charter: Charter) -> Faults:
    ids: set[str] = set()
    for at, member in enumerate(charter.members):
        for path, id_ in [
            (("members", at, "id"), member.id),
            *((("members", at, "seats", place, "id"), seat.id) for place, seat in enumerate(member.seats)),
        ]:
            if id_ in ids:
                yield path, f"{id_} stands twice; each member and seat has an id of its own"
            ids.add(id_)
    for field, values in (
        ("decisions", [decision.id for decision in charter.decisions]),
        ("cadences", [cadence.id for cadence in charter.cadences]),
        ("people", [person.email.casefold() for person in charter.people]),
    ):
        seen: set[str] = set()
        for at, value in enumerate(values):
            if value in seen:
                yield (field, at), f"{value} stands twice; each stands once"
            seen.add(value)


def _unknown(path: Path, names: Iterable[str], known: set[str]) -> Faults:
    for name in names:
        if name not in known:
            yield path, f"{name} is not known here; the ids are {', '.join(sorted(known))}"


def _rotation_faults(charter: Charter) -> Faults:
    far = max([FIRST_DAY, *(rule.from_ for rule in charter.rotation), *(e.until for e in charter.history)])
    try:
        terms(charter, date(far.year + 1, 1, 1))
    except RotationProblem as problem:
        yield from problem.faults
    for at, member in enumerate(charter.members):
        try:
            inner_terms(member, date(far.year + 1, 1, 1))
        except RotationProblem as problem:
            yield from ((("members", at, *path), text) for path, text in problem.faults)
