"""A charter applied and exported again, on both databases: one transaction, the past kept, the same charter out."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from service import events
from service.database import reading, writing
from service.events import Event
from service.groups import queries
from service.groups.charter import Charter
from service.groups.commands import store
from service.groups.export import as_yaml
from service.problems import Problem
from service.rotation.check import load
from service.rotation.commands import apply_charter
from tests.conftest import Changed, Time, put
from tests.statements import listened


def exported(engine: Engine, group: str) -> Charter:
    with reading(engine) as session:
        return queries.charter(session, group)


@pytest.mark.parametrize("name", ["gmg", "as_it_was"])
def test_apply_then_export_is_the_same_charter(
    name: str, engine: Engine, time: Time, request: pytest.FixtureRequest
) -> None:
    given: Charter = request.getfixturevalue(name)
    group = put(engine, given)
    found = exported(engine, group)
    assert found == given.model_copy(update={"revision": 1})
    assert load(as_yaml(found), "exported") == found


def test_every_kind_of_part_survives_the_round_trip(engine: Engine, time: Time, changed: Changed) -> None:
    members = [member.model_dump(by_alias=True) for member in changed().members]
    members[0]["head"]["holders"] = [{"name": "A. Person", "from": date(2003, 1, 1), "until": None, "acting": True}]
    members[1] |= {"left": date(2030, 1, 1), "sort": "zzz"}
    decisions = [
        {"id": "d1", "pass": "unhcr", "term": date(2008, 7, 1), "taken": date(2008, 5, 1), "reason": "no staff"},
        {"id": "d2", "swap": ["unitar", "wb"], "term": date(2009, 1, 1), "taken": date(2008, 5, 1)},
        {"id": "d3", "vacant": date(2009, 8, 1), "until": date(2009, 9, 1), "taken": date(2008, 5, 1)},
        {"id": "d4", "withdraw": "d3", "taken": date(2008, 5, 2)},
        {
            "id": "d5",
            "appoint": ["ilo", "iom"],
            "term": date(2010, 1, 1),
            "until": date(2011, 1, 1),
            "taken": date(2008, 5, 2),
        },
    ]
    decisions[1]["swap"] = ["unicef", "wb"]
    given = changed(
        members=members,
        decisions=[*decisions[:1], *decisions[2:]],
        holidays={"Geneva": [{"day": date(2008, 12, 25), "name": "Christmas Day"}]},
        people=[
            {"name": "Ada", "email": "ada@x.example", "language": "fr", "appointments": []},
            {
                "name": "Desk",
                "email": "desk@x.example",
                "appointments": [{"role": "secretariat", "from": date(2008, 1, 1), "until": date(2009, 1, 1)}],
            },
        ],
    )
    group = put(engine, given)
    found = exported(engine, group)
    assert found == given.model_copy(update={"revision": 1})
    assert load(as_yaml(found), "exported") == found


def test_applying_the_same_charter_again_changes_nothing(engine: Engine, group: str, gmg: Charter) -> None:
    put(engine, gmg)
    with reading(engine) as session:
        assert queries.group_row(session, group).version == 1
        assert len(session.exec(select(Event).where(Event.kind == "charter.applied")).all()) == 1


def test_an_older_revision_is_refused(engine: Engine, group: str, gmg: Charter, changed: Changed) -> None:
    put(engine, changed(areas=["one"]))
    with pytest.raises(Problem, match="revision 1, the charter in force is revision 2"):
        put(engine, changed(revision=1, areas=["two"]))


def test_days_before_today_stand_unless_corrected(engine: Engine, group: str, time: Time, changed: Changed) -> None:
    time.at = datetime(2009, 2, 1, tzinfo=UTC)
    rule = {"from": date(2008, 7, 1), "months": 6, "order": ["ilo", "unfpa", "iom", "unhcr"]}
    with pytest.raises(Problem, match="from 2008-07-01 the chair was unhcr and would become iom"):
        put(engine, changed(rotation=[rule]))
    with reading(engine) as session:
        assert queries.group_row(session, group).version == 1
    put(engine, changed(rotation=[rule]), correct="the order was misread")
    with reading(engine) as session:
        event = session.exec(select(Event).where(Event.kind == "charter.corrected")).one()
    assert event.data["reason"] == "the order was misread"


def test_the_running_term_may_still_end_later(engine: Engine, group: str, time: Time, changed: Changed) -> None:
    extend = {"id": "d1", "extend": date(2008, 1, 1), "until": date(2008, 9, 1), "taken": date(2008, 5, 15)}
    put(engine, changed(decisions=[extend]))
    assert exported(engine, group).decisions[0].until == date(2008, 9, 1)


def test_nothing_is_half_saved_when_a_follower_fails(
    engine: Engine, group: str, changed: Changed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setitem(events._followers, "terms", (broken,))
    with pytest.raises(RuntimeError, match="planted"):
        put(engine, changed(areas=["one"]))
    with reading(engine) as session:
        assert queries.group_row(session, group).version == 1
        assert queries.charter(session, group).areas != ["one"]


def test_a_charter_that_does_not_hold_is_refused_by_any_door(engine: Engine, time: Time, changed: Changed) -> None:
    broken = changed(decisions=[{"id": "d1", "pass": "ilo", "term": date(2008, 7, 1), "taken": date(2008, 5, 1)}])
    with pytest.raises(Problem, match="unhcr would sit there") as refused, writing(engine) as session:
        apply_charter(session, broken)
    assert refused.value.status == 422


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_asked_of_the_database_does_not_grow_with_the_people(
    engine: Engine, group: str, changed: Changed, gmg: Charter
) -> None:
    role = {"organization": "ilo", "role": "alternate", "from": date(2008, 1, 1)}
    more = [{"name": f"P {at}", "email": f"p{at}@ilo.example", "appointments": [role]} for at in range(40)]
    several = changed(people=[*(one.model_dump(by_alias=True) for one in gmg.people), *more])
    assert _asked(engine, several) == _asked(engine, gmg)


def _asked(engine: Engine, charter: Charter) -> int:
    """How many queries it takes to store a charter that is stored already."""
    put(engine, charter)
    with writing(engine) as session, listened(engine) as asked:
        store(session, charter)
    return sum(one.statement.startswith("SELECT") for one in asked)
