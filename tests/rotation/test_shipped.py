"""The two charters that ship: what the note has, and what really happened."""

from datetime import date

from service.groups.charter import Charter
from service.rotation.engine import terms
from service.rotation.rules import inner_seats

AS_IT_WAS = """
2006-05-09 2006-07-01 unctad regular
2006-07-01 2007-01-01 unhcr regular
2007-01-01 2007-07-01 iom regular
2007-07-01 2008-01-01 undesa regular
2008-01-01 2008-07-01 unfpa regular
2008-07-01 2009-01-01 unctad regular
2009-01-01 2009-06-01 - vacant
2009-06-01 2010-01-01 unitar regular
2010-01-01 2010-07-01 undp regular
2010-07-01 2011-01-01 ohchr regular
2011-01-01 2011-07-01 unicef regular
2011-07-01 2012-01-01 unesco regular
2012-01-01 2012-06-01 unesco interim
2012-06-01 2012-07-01 - vacant
2012-07-01 2013-01-01 unodc regular
2013-01-01 2013-07-01 unrc regular
2013-07-01 2014-01-01 iom regular
2014-01-01 2015-01-01 ilo regular
2015-01-01 2016-01-01 wb regular
2016-01-01 2017-01-01 unwomen regular
2017-01-01 2018-01-01 unu regular
2018-01-01 2019-01-01 fao+iom regular
"""


def test_the_group_as_it_was_is_reproduced(as_it_was: Charter) -> None:
    found = [f"{t.start} {t.end} {t.csv_chair or '-'} {t.kind}" for t in terms(as_it_was, date(2030, 1, 1))]
    assert found == AS_IT_WAS.split("\n")[1:-1]


def test_the_group_of_the_note(gmg: Charter) -> None:
    assert len(gmg.members) == 14
    assert len(gmg.people) == 19
    assert list(gmg.purposes) == list(range(1, 13))
    assert all(member.website and member.mandate and member.source for member in gmg.members)
    assert all(entry.source for entry in gmg.history)
    assert all(rule.source for rule in gmg.rotation)
    order = gmg.rotation[0].order
    assert order == [member.id for member in gmg.members]
    found = terms(gmg, date(2016, 1, 1))
    after = order.index("unfpa") + 1
    assert [t.chair[0] for t in found[5:20]] == ([*order, *order])[after : after + 15]
    assert all(t.status == "projected" for t in found[5:])
    assert all(t.status == "recorded" for t in found[:5])


def test_the_commissions_hold_their_seat_in_turn(gmg: Charter) -> None:
    assert inner_seats(gmg, date(2009, 7, 31)) == {}
    assert inner_seats(gmg, date(2009, 8, 1))["unrc"].seat == "ece"
    assert inner_seats(gmg, date(2013, 3, 1))["unrc"].seat == "escap", "on record for the first half of 2013"
