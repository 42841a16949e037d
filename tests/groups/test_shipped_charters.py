"""The charters that ship with the service: the group as its note has it, and as it really was."""

from datetime import date
from importlib.resources import files

import pytest

from service.groups.charter import Appointment, Charter, Kind
from service.groups.source import read
from service.rotation.check import load

CHARTERS = files("service") / "charters"
NAMES = ("gmg.yaml", "gmg-as-it-was.yaml")

# The list of members in the note, in its order.
NOTE = [
    "ilo",
    "iom",
    "ohchr",
    "unctad",
    "undesa",
    "undp",
    "unesco",
    "unfpa",
    "unhcr",
    "unicef",
    "unitar",
    "unodc",
    "unrc",
    "wb",
]
COMMISSIONS = ["eca", "ece", "eclac", "escap", "escwa"]
JOINED_LATE = {"unesco", "unicef", "unitar", "unrc"}
AFTER_THE_NOTE = {
    "unwomen": date(2010, 1, 1),
    "who": date(2010, 1, 1),
    "fao": date(2014, 1, 1),
    "unu": date(2014, 1, 1),
}

# Every chair from the first meeting to the end of the record, written by hand.
AS_IT_WAS: list[tuple[str, str, list[str], Kind]] = [
    ("2006-05-09", "2006-07-01", ["unctad"], "regular"),
    ("2006-07-01", "2007-01-01", ["unhcr"], "regular"),
    ("2007-01-01", "2007-07-01", ["iom"], "regular"),
    ("2007-07-01", "2008-01-01", ["undesa"], "regular"),
    ("2008-01-01", "2008-07-01", ["unfpa"], "regular"),
    ("2008-07-01", "2009-01-01", ["unctad"], "regular"),
    ("2009-01-01", "2009-06-01", [], "vacant"),
    ("2009-06-01", "2010-01-01", ["unitar"], "regular"),
    ("2010-01-01", "2010-07-01", ["undp"], "regular"),
    ("2010-07-01", "2011-01-01", ["ohchr"], "regular"),
    ("2011-01-01", "2011-07-01", ["unicef"], "regular"),
    ("2011-07-01", "2012-01-01", ["unesco"], "regular"),
    ("2012-01-01", "2012-06-01", ["unesco"], "interim"),
    ("2012-06-01", "2012-07-01", [], "vacant"),
    ("2012-07-01", "2013-01-01", ["unodc"], "regular"),
    ("2013-01-01", "2013-07-01", ["unrc"], "regular"),
    ("2013-07-01", "2014-01-01", ["iom"], "regular"),
    ("2014-01-01", "2015-01-01", ["ilo"], "regular"),
    ("2015-01-01", "2016-01-01", ["wb"], "regular"),
    ("2016-01-01", "2017-01-01", ["unwomen"], "regular"),
    ("2017-01-01", "2018-01-01", ["unu"], "regular"),
    ("2018-01-01", "2019-01-01", ["fao", "iom"], "regular"),
]
UP_TO_THE_NOTE = AS_IT_WAS[:5]

# Terms about which the record is unsure, and the word that has to say so.
UNCERTAIN_TERMS = {
    "2006-05-09": "assumed",
    "2009-01-01": "unknown",
    "2012-06-01": "assumed",
    "2013-07-01": "unverified",
}


def shipped(name: str) -> Charter:
    return Charter.model_validate(read((CHARTERS / name).read_bytes(), name).data)


def recorded(charter: Charter) -> list[tuple[str, str, list[str], Kind]]:
    return [(entry.from_.isoformat(), entry.until.isoformat(), entry.chair, entry.kind) for entry in charter.history]


@pytest.mark.parametrize("name", NAMES)
def test_it_holds_together(name: str) -> None:
    assert load((CHARTERS / name).read_bytes(), name) == shipped(name)


def test_every_charter_that_ships_is_tested_here() -> None:
    assert {entry.name for entry in CHARTERS.iterdir() if entry.name.endswith(".yaml")} == set(NAMES)


def test_the_group_of_the_note() -> None:
    group = shipped("gmg.yaml").group
    assert (group.id, group.timezone, group.founded) == ("gmg", "Europe/Zurich", date(2006, 5, 9))
    assert group.languages == ["ar", "zh", "en", "fr", "ru", "es"]
    assert group.about


def test_fourteen_members_in_the_order_of_the_note() -> None:
    charter = shipped("gmg.yaml")
    assert len(charter.members) == 14
    assert [member.id for member in charter.members] == NOTE
    for member in charter.members:
        assert member.joined == (date(2007, 12, 31) if member.id in JOINED_LATE else date(2006, 5, 9))
        assert member.left is None
        assert member.mandate
        assert member.website


def test_every_body_has_a_duty_station_and_an_executive_head_without_a_name() -> None:
    bodies = [part for part in shipped("gmg.yaml").organizations() if part.id != "unrc"]
    assert len(bodies) == 13 + 5
    for body in bodies:
        assert body.city
        assert body.timezone
        assert body.head is not None
        assert body.head.holders == []


def test_the_rule_follows_the_list_and_goes_on_after_unfpa() -> None:
    charter = shipped("gmg.yaml")
    (rule,) = charter.rotation
    assert (rule.from_, rule.months, rule.first) == (date(2008, 7, 1), 6, "unhcr")
    assert rule.order == [member.id for member in charter.members]
    assert charter.history[-1].chair == ["unfpa"]
    assert NOTE[NOTE.index("unfpa") + 1] == rule.first
    assert charter.history[-1].until == rule.from_


@pytest.mark.parametrize("name", NAMES)
def test_the_commissions_take_turns_on_their_seat(name: str) -> None:
    member = shipped(name).member("unrc")
    assert member is not None
    assert [seat.id for seat in member.seats] == COMMISSIONS
    (rule,) = member.rotation
    assert (rule.from_, rule.months, rule.first) == (date(2009, 8, 1), 12, "ece")
    assert rule.order == ["ece", "eca", "eclac", "escap", "escwa"]


def test_one_mailbox_for_each_member_and_each_commission() -> None:
    charter = shipped("gmg.yaml")
    assert len(charter.people) == 19
    assert {person.email for person in charter.people} == {f"gmg@{id_}.example" for id_ in [*NOTE, *COMMISSIONS]}
    for person in charter.people:
        (given,) = person.appointments
        assert given.organization is not None
        assert person.email == f"gmg@{given.organization}.example"
        owner = charter.member("unrc" if given.organization in COMMISSIONS else given.organization)
        assert owner is not None
        expected = {"organization": given.organization, "role": "focal-point", "from": owner.joined}
        assert given == Appointment.model_validate(expected)


def test_reminders_and_words_of_the_note() -> None:
    charter = shipped("gmg.yaml")
    assert charter.reminders.leads == [180, 90, 30, 7, 1, 0]
    assert charter.reminders.at.isoformat("minutes") == "09:00"
    assert list(charter.purposes) == list(range(1, 13))
    assert len(charter.areas) == 4
    assert len(charter.kinds) == 9
    assert charter.holidays == {}
    assert charter.decisions == []


@pytest.mark.parametrize("name", NAMES)
def test_twelve_purposes(name: str) -> None:
    assert len(shipped(name).purposes) == 12


@pytest.mark.parametrize("name", NAMES)
def test_the_history_has_neither_gap_nor_overlap(name: str) -> None:
    charter = shipped(name)
    assert charter.history[0].from_ == charter.group.founded
    ends = [entry.until for entry in charter.history[:-1]]
    assert ends == [entry.from_ for entry in charter.history[1:]]


def test_the_chairs_up_to_the_note() -> None:
    assert recorded(shipped("gmg.yaml")) == UP_TO_THE_NOTE


def test_the_chairs_as_they_were() -> None:
    assert recorded(shipped("gmg-as-it-was.yaml")) == AS_IT_WAS


def test_nothing_is_foreseen_for_the_group_as_it_was() -> None:
    charter = shipped("gmg-as-it-was.yaml")
    assert charter.group.id == "gmg-as-it-was"
    assert charter.rotation == []
    assert charter.decisions == []
    assert charter.history[-1].until == date(2019, 1, 1)


def test_four_members_joined_after_the_note_and_before_they_chaired() -> None:
    charter = shipped("gmg-as-it-was.yaml")
    assert [member.id for member in charter.members] == [*NOTE, *AFTER_THE_NOTE]
    for id_, day in AFTER_THE_NOTE.items():
        member = charter.member(id_)
        assert member is not None
        assert member.joined == day
        assert member.source is not None
        assert "assumed" in member.source
    for entry in charter.history:
        for id_ in entry.chair:
            chairing = charter.member(id_)
            assert chairing is not None
            assert chairing.stands(entry.from_)


@pytest.mark.parametrize("name", NAMES)
def test_every_term_on_record_has_a_source_and_an_unsure_one_says_so(name: str) -> None:
    unsure = 0
    for entry in shipped(name).history:
        assert entry.source
        word = UNCERTAIN_TERMS.get(entry.from_.isoformat())
        if word is not None:
            unsure += 1
            assert word in f"{entry.source} {entry.note}"
    assert unsure == (1 if name == "gmg.yaml" else 4)


@pytest.mark.parametrize("name", NAMES)
def test_every_other_unsure_fact_says_so(name: str) -> None:
    charter = shipped(name)
    assert charter.group.source
    for member in charter.members:
        assert member.source
        if member.joined != charter.group.founded:
            assert "assumed" in member.source
        else:
            assert "the note says early 2006" in member.source
        for inner in member.rotation:
            assert inner.source
            assert inner.source.startswith("assumed:")
    for rule in charter.rotation:
        assert rule.source
        assert "order: assumed, since the note is silent on it" in rule.source
