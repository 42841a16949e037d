"""The rules of the rotation, one example each, written out by hand."""

from itertools import pairwise
from typing import Any

import pytest

from service.groups.charter import Charter
from service.rotation.engine import add_months, inner_terms, terms
from service.rotation.reasons import explain
from service.rotation.values import RotationProblem
from tests.rotation.build import chairs, day, group, laid, recorded, rule

D0, D1, D2, D3, D4 = (day(text) for text in ("2008-01", "2008-07", "2009-01", "2009-07", "2010-01"))


def test_turns_go_round_in_the_order_of_the_list() -> None:
    assert laid(group("abc"), "2010-01") == [
        "2008-01 a regular projected",
        "2008-07 b regular projected",
        "2009-01 c regular projected",
        "2009-07 a regular projected",
    ]


def test_pass_gives_up_one_turn_and_the_next_moves_up() -> None:
    assert laid(group("abcd", {"pass": "b", "term": D1}), "2010-07")[1:] == [
        "2008-07 c regular decided",
        "2009-01 d regular projected",
        "2009-07 a regular projected",
        "2010-01 b regular projected",
    ]


def test_several_may_pass() -> None:
    charter = group("abcd", {"pass": "b", "term": D1}, {"pass": "c", "term": D1})
    assert chairs(charter, "2010-07") == "a d a b c"


def test_when_all_pass_the_term_is_vacant_and_the_order_goes_on() -> None:
    charter = group("abc", *({"pass": id_, "term": D1} for id_ in "bca"))
    assert laid(charter, "2009-07")[1:] == ["2008-07 - vacant decided", "2009-01 b regular projected"]


def test_swap_moves_the_two_and_nobody_else() -> None:
    charter = group("abcd", {"swap": ["b", "d"], "term": D1})
    assert laid(charter, "2010-07") == [
        "2008-01 a regular projected",
        "2008-07 d swapped decided",
        "2009-01 c regular projected",
        "2009-07 b swapped decided",
        "2010-01 a regular projected",
    ]


def test_the_second_half_of_a_swap_comes_whenever_that_turn_comes() -> None:
    charter = group("abcd", {"swap": ["b", "a"], "term": D1}, {"pass": "c", "term": D2})
    assert chairs(charter, "2010-07") == "a a d b b"


def test_appointed_chair_sits_instead_and_the_order_goes_on_after_it() -> None:
    charter = group("abcd", {"appoint": "c", "term": D1})
    assert laid(charter, "2009-07")[1:] == ["2008-07 c appointed decided", "2009-01 d regular projected"]


def test_co_chairs_sit_together_until_the_day_that_was_decided() -> None:
    charter = group("abcd", {"appoint": ["d", "b"], "term": D1, "until": day("2009-04")})
    assert laid(charter, "2009-10")[1:] == ["2008-07 db appointed decided", "2009-04 c regular projected"]


@pytest.mark.parametrize("until", ["2008-09", "2008-05"])
def test_extended_term_ends_later_or_earlier_and_the_later_ones_follow(until: str) -> None:
    charter = group("abc", {"extend": D0, "until": day(until)})
    assert laid(charter, "2009-02")[:2] == ["2008-01 a extended decided", f"{until} b regular projected"]


def test_acceptance_makes_a_term_decided_and_changes_nothing_else() -> None:
    assert laid(group("abc", {"accept": "b", "term": D1}), "2009-07")[1:] == [
        "2008-07 b regular decided",
        "2009-01 c regular projected",
    ]


def test_a_withdrawn_decision_never_was() -> None:
    charter = group("abc", {"pass": "b", "term": D1}, {"withdraw": "d1"})
    assert laid(charter, "2010-01") == laid(group("abc"), "2010-01")


@pytest.mark.parametrize(("kind", "who"), [("vacant", "-"), ("interim", "c")])
class TestVacancyAndInterim:
    def decision(self, kind: str, start: str, end: str) -> dict[str, Any]:
        if kind == "vacant":
            return {"vacant": day(start), "until": day(end)}
        return {"interim": "c", "from": day(start), "until": day(end)}

    def test_on_the_first_day_the_turn_waits_and_is_whole(self, kind: str, who: str) -> None:
        assert laid(group("abc", self.decision(kind, "2008-07", "2008-10")), "2009-10")[1:] == [
            f"2008-07 {who} {kind} decided",
            "2008-10 b regular projected",
            "2009-04 c regular projected",
        ]

    def test_inside_a_term_the_sitting_chair_resumes(self, kind: str, who: str) -> None:
        assert laid(group("abc", self.decision(kind, "2008-03-10", "2008-04")), "2008-08") == [
            "2008-01 a regular decided",
            f"2008-03-10 {who} {kind} decided",
            "2008-04 a regular decided",
            "2008-07 b regular projected",
        ]

    @pytest.mark.parametrize("end", ["2008-07", "2008-09"])
    def test_until_the_end_or_later_the_next_turn_starts_whole(self, kind: str, who: str, end: str) -> None:
        assert laid(group("abc", self.decision(kind, "2008-05", end)), "2008-10") == [
            "2008-01 a regular decided",
            f"2008-05 {who} {kind} decided",
            f"{end} b regular projected",
        ]

    def test_nobodys_turn_is_lost(self, kind: str, who: str) -> None:
        found = terms(group("abc", self.decision(kind, "2008-07", "2008-10")), day("2010-10"))
        assert [term.chair[0] for term in found if term.turn] == ["a", "b", "c", "a", "b"]


def test_alphabetical_compares_sort_and_goes_on_after_a_member_that_left() -> None:
    charter = group(
        "",
        rotation=[rule("2008-01", "alphabetical")],
        joined=dict.fromkeys("abcd", "2000-01"),
        left={"b": "2009-07"},
        sort={"d": "AA"},
    )
    assert chairs(charter, "2010-07") == "a d b c a"


def test_a_new_rule_cuts_a_projected_term() -> None:
    charter = group(rotation=[rule("2008-01", "abc"), rule("2008-10", "abc", 12)])
    assert laid(charter, "2010-01") == [
        "2008-01 a regular projected",
        "2008-07 b regular projected",
        "2008-10 c regular projected",
        "2009-10 a regular projected",
    ]


def test_a_decided_end_stands_and_the_rule_starts_there() -> None:
    charter = group(
        "abc", {"extend": D1, "until": day("2008-12")}, rotation=[rule("2008-01", "abc"), rule("2008-10", "abc", 12)]
    )
    assert laid(charter, "2009-12")[1:] == ["2008-07 b extended decided", "2008-12 c regular projected"]


def test_first_names_the_member_of_the_rules_first_turn() -> None:
    assert chairs(group(rotation=[rule("2008-01", "abcd", first="c")]), "2010-01") == "c d a b"


def test_first_of_a_rule_older_than_the_record_has_had_its_turn() -> None:
    charter = group(history=[recorded("2008-01", "2008-07", "c")], rotation=[rule("2008-01", "abcd", first="c")])
    assert chairs(charter, "2009-07") == "c d a"


def test_the_order_goes_on_after_the_last_chair_that_was_not_interim() -> None:
    history = [recorded("2008-01", "2008-07", "b"), recorded("2008-07", "2008-10", "a", "interim")]
    assert chairs(group("abcd", history=history, since="2008-01"), "2009-10") == "b a c d"


def test_from_an_old_list_the_turn_goes_to_the_next_that_stands_in_the_new_one() -> None:
    charter = group(rotation=[rule("2008-01", "abcd"), rule("2009-01", "dca")])
    assert chairs(charter, "2010-07") == "a b c a d"


def test_with_nobody_of_the_old_list_in_the_new_one_the_head_begins() -> None:
    charter = group("abcd", rotation=[rule("2008-01", "ab"), rule("2008-07", "cd")])
    assert chairs(charter, "2009-07") == "a c d"


def test_who_leaves_inside_its_term_leaves_the_rest_vacant() -> None:
    assert laid(group("abc", left={"a": "2008-03"}), "2008-08") == [
        "2008-01 a regular projected",
        "2008-03 - vacant projected",
        "2008-07 b regular projected",
    ]


def test_the_rest_is_filled_by_an_interim_chair_or_an_appointment() -> None:
    interim = group("abc", {"interim": "c", "from": day("2008-03"), "until": D1}, left={"a": "2008-03"})
    assert laid(interim, "2009-01")[1:] == ["2008-03 c interim decided", "2008-07 b regular projected"]
    appointed = group("abc", {"appoint": "c", "term": day("2008-03")}, left={"a": "2008-03"})
    assert laid(appointed, "2009-01")[1:] == ["2008-03 c appointed decided", "2008-07 b regular projected"]


def test_the_running_term_on_record_may_be_moved() -> None:
    charter = group(
        "abc", {"extend": D0, "until": day("2008-09")}, history=[recorded("2008-01", "2008-07", "a")], since="2008-07"
    )
    assert laid(charter, "2009-03") == ["2008-01 a extended decided", "2008-09 b regular projected"]


def test_the_running_vacancy_on_record_may_be_filled() -> None:
    history = [recorded("2007-07", "2008-01", "a"), recorded("2008-01", "2008-07", "", "vacant")]
    charter = group("abc", {"interim": "c", "from": day("2008-03"), "until": D1}, history=history, since="2007-07")
    assert laid(charter, "2008-08")[1:] == [
        "2008-01 - vacant decided",
        "2008-03 c interim decided",
        "2008-07 b regular projected",
    ]


def test_a_decision_whose_term_is_on_record_by_now_is_no_fault() -> None:
    history = [recorded("2008-01", "2008-07", "a"), recorded("2008-07", "2009-01", "d")]
    charter = group("abcd", {"swap": ["b", "d"], "term": D1}, history=history, since="2008-01")
    assert chairs(charter, "2010-07") == "a d c b a"


def test_a_member_joins_when_its_day_has_come() -> None:
    assert chairs(group("abcd", joined={"c": "2009-02"}), "2011-01") == "a b d a b c"


def test_seats_rotate_by_their_own_rules_and_are_unknown_before() -> None:
    values = group("ab").model_dump(by_alias=True)
    values["members"][0] |= {
        "seats": [{"id": f"s{n}", "name": f"S{n}"} for n in (1, 2)],
        "rotation": [rule("2009-08", ["s1", "s2"], 12, first="s2")],
    }
    member = Charter.model_validate(values).members[0]
    found = inner_terms(member, day("2011-01"))
    assert [(term.start, term.chair) for term in found] == [(day("2009-08"), ("s2",)), (day("2010-08"), ("s1",))]


FAULTS: dict[str, tuple[list[dict[str, Any]], str]] = {
    "no term starts there": (
        [{"pass": "b", "term": day("2008-06")}],
        "nearest starts on 2008-07-01: write term: 2008-07-01",
    ),
    "the nearest lies after it": ([{"pass": "b", "term": day("2021-12-15")}], "nearest starts on 2022-01-01"),
    "extension of no term": ([{"extend": day("2008-02"), "until": D1}], "write extend: 2008-01-01"),
    "two fill one term": (
        [{"appoint": "a", "term": D1}, {"vacant": D1, "until": D2}],
        "d2 and d1 both fill the term of 2008-07-01",
    ),
    "two swaps of one term": (
        [{"swap": ["b", "c"], "term": D1}, {"swap": ["b", "d"], "term": D1}],
        "d2 and d1 both fill",
    ),
    "one turn given away twice": (
        [{"swap": ["b", "d"], "term": D1}, {"swap": ["c", "d"], "term": D2}],
        "gives away the next turn of d, which d1 gave to b already",
    ),
    "two ends of one term": ([{"extend": D1, "until": D2}, {"extend": D1, "until": D3}], "d2 and d1 both set the end"),
    "overlapping vacancies": (
        [{"vacant": D1, "until": D2}, {"interim": "a", "from": day("2008-10"), "until": D3}],
        "begin on 2009-01-01 or later",
    ),
    "a pass out of turn": ([{"pass": "c", "term": D1}], "b would sit there; name b"),
    "a swap out of turn": ([{"swap": ["c", "d"], "term": D1}], "b would sit there; name b"),
    "an acceptance out of turn": ([{"accept": "a", "term": D1}], "b would sit there; name b"),
    "a pass in a vacancy": ([{"vacant": D1, "until": D2}, {"pass": "b", "term": D1}], "next turn starts on 2009-01-01"),
    "no such decision": ([{"withdraw": "d9"}], "withdraws d9, which is no decision here"),
    "a withdrawn withdrawal": (
        [{"pass": "b", "term": D1}, {"withdraw": "d1"}, {"withdraw": "d2"}],
        "take the decision anew",
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_decision_that_does_not_fit_says_what_to_write_instead(case: str) -> None:
    decisions, expected = FAULTS[case]
    with pytest.raises(RotationProblem) as problem:
        terms(group("abcd", *decisions), day("2010-01"))
    assert expected in str(problem.value)
    assert problem.value.faults[0][0][0] == "decisions"


@pytest.mark.parametrize("verb", ["pass", "accept", "appoint"])
def test_nobody_is_named_who_is_not_a_member_on_that_day(verb: str) -> None:
    with pytest.raises(RotationProblem, match=r"names b, which is not a member on 2008-07-01 \(joined 2009-01-01\)"):
        terms(group("abcd", {verb: "b", "term": D1}, joined={"b": "2009-01"}), day("2010-01"))


def test_first_must_be_a_member_when_its_turn_begins() -> None:
    with pytest.raises(RotationProblem, match="first c is not a member on 2008-01-01"):
        terms(group(rotation=[rule("2008-01", "abc", first="c")], joined={"c": "2009-01"}), day("2010-01"))


def test_a_rule_must_reach_the_end_of_the_record() -> None:
    with pytest.raises(RotationProblem, match="history ends on 2008-07-01; write from: 2008-07-01 or earlier"):
        terms(group("ab", history=[recorded("2008-01", "2008-07", "a")], since="2008-09"), day("2010-01"))


def test_a_term_says_why_in_plain_words() -> None:
    charter = group("abcd", {"pass": "b", "term": D1}, {"accept": "c", "term": D1})
    found = terms(charter, D3)
    assert explain(found[1], charter.short) == [
        "B gave up this turn (decision d1).",
        "C follows A in the order in force since 1 January 2008.",
        "C has accepted (decision d2).",
    ]
    assert explain(found[2], charter.short)[-1] == "By rule, not on record."


# Each kind of decision on the term of b (D1), and each on the term after it. What is expected of the
# first three terms is written as: who sits in b's term, who in the next, who after that.
def across(who: str) -> str:
    """The member two places on: whom a swap is made with."""
    return "abcde"[("abcde".index(who) + 2) % 5]


KINDS: dict[str, Any] = {
    "pass": lambda who, at: {"pass": who, "term": at},
    "swap": lambda who, at: {"swap": [who, across(who)], "term": at},
    "appoint": lambda who, at: {"appoint": "e", "term": at},
    "extend": lambda who, at: {"extend": at, "until": add_months(at, 2)},
    "accept": lambda who, at: {"accept": who, "term": at},
    "vacant": lambda who, at: {"vacant": at, "until": add_months(at, 3)},
    "interim": lambda who, at: {"interim": "e", "from": at, "until": add_months(at, 3)},
}
# What one decision makes of the order a b c d e: (sits on D1, turn that comes next, by how it is known when).
AFTER: dict[str, tuple[str, str, str]] = {
    "pass": ("c", "d", "2009-01"),
    "swap": ("d", "c", "2009-01"),
    "appoint": ("e", "a", "2009-01"),
    "extend": ("b", "c", "2008-09"),
    "accept": ("b", "c", "2009-01"),
    "vacant": ("-", "b", "2008-10"),
    "interim": ("e", "b", "2008-10"),
}
SECOND: dict[str, Any] = {
    "pass": lambda who, order: order[(order.index(who) + 1) % 5],
    "swap": lambda who, order: across(who),
    "appoint": lambda who, order: "e",
    "extend": lambda who, order: who,
    "accept": lambda who, order: who,
    "vacant": lambda who, order: "-",
    "interim": lambda who, order: "e",
}


@pytest.mark.parametrize("first", KINDS)
@pytest.mark.parametrize("second", KINDS)
def test_each_pair_of_decisions_on_neighbouring_terms(first: str, second: str) -> None:
    """The second decision acts on whoever's turn the first has left for its day, and on nothing else."""
    sits, following, start = AFTER[first]
    charter = group("abcde", KINDS[first]("b", D1), KINDS[second](following, day(start)))
    found = terms(charter, day("2012-01"))
    assert "".join(found[1].chair) == sits.replace("-", "")
    assert found[2].start == day(start)
    expected = SECOND[second](following, "abcde")
    if (first, second) == ("swap", "pass"):
        expected = "b"  # the turn moves up to d, and b sits in d's next turn
    assert "".join(found[2].chair) == expected.replace("-", "")
    assert found[1].status == found[2].status == "decided"
    assert all(before.end == after.start for before, after in pairwise(found))
