"""Bad charter files: each gets its file, its line and what to write instead; nothing explodes."""

import pytest

from service.groups.source import CharterProblem
from service.rotation.check import load

HEAD = """charter: 1
group: {id: g, name: G, founded: 2006-05-09, timezone: Europe/Zurich}
members:
  - {id: a, name: A, joined: 2006-05-09}
  - {id: b, name: B, joined: 2006-05-09}
"""

BAD = {
    "not YAML": ("charter: [", "c.yaml:1"),
    "nothing": ("", "c.yaml:1: a charter begins with charter: 1"),
    "a list": ("- 1", "a charter begins with"),
    "anchors that explode": ("a: &a [1,1]\nb: &b [*a,*a]\nc: [*b,*b]", "c.yaml:1: anchors and aliases"),
    "a tag that runs code": ("charter: !!python/object/apply:os.system [x]", "c.yaml:1: "),
    "a key twice": (HEAD + "areas: [x]\nareas: [y]", "c.yaml:7: the key 'areas' stands twice"),
    "an unknown key": (HEAD + "colour: red", "c.yaml:6: colour: is no field of a charter"),
    "an unknown zone": (HEAD.replace("Europe/Zurich", "Mars/Olympus"), "c.yaml:2: group.timezone: is no time zone"),
    "a zone that is a path": (HEAD.replace("Europe/Zurich", "../../etc/passwd"), "is no time zone"),
    "a day that is none": (HEAD.replace("founded: 2006-05-09", "founded: 2006-02-30"), "c.yaml:2"),
    "a day in the year 9999": (HEAD.replace("founded: 2006-05-09", "founded: 9999-12-31"), "lies outside 1900-01-01"),
    "an integer as a day": (HEAD.replace("founded: 2006-05-09", "founded: 0"), "c.yaml:2: group.founded: is no day"),
    "an instant as a day": (HEAD.replace("founded: 2006-05-09", "founded: 2006-05-09T00:00:00Z"), "is no day"),
    "a term before the founding": (
        HEAD + "history: [{from: 2005-01-01, until: 2005-07-01, chair: [a]}]",
        "c.yaml:6: history.0.from: 2005-01-01 lies before the founding (2006-05-09)",
    ),
    "a chair nobody knows": (
        HEAD + "history: [{from: 2007-01-01, until: 2007-07-01, chair: [z]}]",
        "c.yaml:6: history.0.chair: z is not known here; the ids are a, b",
    ),
    "a history with a gap": (
        HEAD + "history:\n  - {from: 2007-01-01, until: 2007-07-01, chair: [a]}\n"
        "  - {from: 2007-08-01, until: 2008-01-01, chair: [b]}",
        "c.yaml:8: history.1: begins on 2007-08-01 but the term before ends on 2007-07-01: a gap; write from: 2007",
    ),
    "a rule after a gap": (
        HEAD + "history: [{from: 2007-01-01, until: 2007-07-01, chair: [a]}]\n"
        "rotation: [{from: 2007-09-01, months: 6, order: [a, b]}]",
        "c.yaml:7: rotation.0: begins on 2007-09-01, but the history ends on 2007-07-01",
    ),
    "the day of a decision under a name that YAML reads as true": (
        HEAD + "rotation: [{from: 2007-01-01, months: 6, order: [a, b]}]\n"
        "decisions: [{id: d, pass: b, term: 2007-07-01, on: 2007-01-01, taken: 2007-01-01}]",
        "c.yaml:7: decisions.0.on: is no field of decisions.0; take it out or correct its name; the day of",
    ),
    "a rule on the 31st": (HEAD + "rotation: [{from: 2007-01-31, months: 6, order: [a, b]}]", "28th"),
    "two verbs": (
        HEAD + "decisions: [{id: d, pass: a, accept: b, term: 2008-01-01, taken: 2007-01-01}]",
        "names 2 verbs",
    ),
    "a script in an address": (
        HEAD.replace("name: A,", 'name: A, website: "javascript:alert(1)",'),
        "is no https address",
    ),
    "two addresses in one": (
        HEAD + "people: [{name: P, email: 'a@b.example, evil@x.example'}]",
        "c.yaml:6: people.0.email: is no mail address",
    ),
    "a line break in a name": (
        HEAD.replace("name: A,", 'name: "A\\nBcc: x",'),
        "c.yaml:4: members.0.name: has the character U+000A",
    ),
    "a lone surrogate": (HEAD.replace("name: A,", 'name: "A\\ud800",'), "c.yaml:"),
    "a direction override": (HEAD.replace("name: A,", 'name: "A\\u202Eevil",'), "U+202E"),
    "one id twice": (HEAD.replace("id: b", "id: a"), "c.yaml:5: members.1.id: a stands twice"),
    "an id that is no id": (HEAD.replace("id: g", "id: ../g"), "c.yaml:2: group.id"),
    "a length that is none": (
        HEAD + "rotation: [{from: 2007-01-01, months: 0, order: [a]}]",
        "c.yaml:6: rotation.0.months",
    ),
    "no as a word": (HEAD.replace("name: A,", "name: no,"), "c.yaml:4: members.0.name"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_charter_says_where_and_what_instead(case: str) -> None:
    text, expected = BAD[case]
    with pytest.raises(CharterProblem) as problem:
        load(text, "c.yaml")
    assert expected in str(problem.value)
    assert all(fault.startswith("c.yaml:") for fault in problem.value.faults)


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(CharterProblem) as problem:
        load(HEAD.replace("Europe/Zurich", "X").replace("name: A", "nome: A"), "c.yaml")
    assert len(problem.value.faults) == 3


def test_bytes_that_are_no_text() -> None:
    with pytest.raises(CharterProblem, match="not UTF-8"):
        load(HEAD.encode() + b"areas: [\xff]", "c.yaml")


def test_five_megabytes_are_refused_unread() -> None:
    with pytest.raises(CharterProblem, match="larger than"):
        load("#" * 5_000_000, "c.yaml")


def test_depth_is_bounded() -> None:
    with pytest.raises(CharterProblem, match="nested deeper"):
        load("a: " + "[" * 5000 + "]" * 5000, "c.yaml")


def test_days_that_are_missing_are_told_alone() -> None:
    """Where the history ends before the first rule, no decision can be said to be on a wrong day."""
    text = HEAD + (
        "history: [{from: 2007-01-01, until: 2007-07-01, chair: [a]}]\n"
        "rotation: [{from: 2008-01-01, months: 6, order: [a, b]}]\n"
        "decisions: [{id: d1, pass: b, term: 2008-07-01, taken: 2007-01-01}]"
    )
    with pytest.raises(CharterProblem) as caught:
        load(text, "c.yaml")
    assert len(caught.value.faults) == 1
