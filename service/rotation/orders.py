"""Who follows whom: the order of each rotation rule, and where a turn goes on in it."""

from collections.abc import Iterator, Sequence
from datetime import date

from service.groups.charter import Organization, Rule


class Orders:
    """The orders of a chain of rules over the same members.

    A place in an order is asked for by rule number (its index) and by the member whose turn it
    was before; whoever is no member on the day is passed over.
    """

    def __init__(self, rules: Sequence[Rule], members: Sequence[Organization]) -> None:
        by_name = [m.id for m in sorted(members, key=lambda m: ((m.sort or m.name).casefold(), m.id))]
        self.lists = [by_name if rule.order == "alphabetical" else list(rule.order) for rule in rules]
        self.places = [{id_: at for at, id_ in enumerate(order)} for order in self.lists]
        self.members = {member.id: member for member in members}

    def after(self, rule: int, previous: str | None, day: date) -> Iterator[str]:
        """Members in the order of `rule` on `day`, each once, beginning after `previous`.

        Charter rule: when `previous` stands in no place of this order, the turn goes to the next
        member after it in the old order that stands in the new one, else to the head of the list.
        """
        place = self.places[rule].get(previous) if previous is not None else None
        if place is not None:
            return self._from(rule, place + 1, day)
        return self._from(rule, self._carried_over(rule, previous, day), day)

    def starting_with(self, rule: int, first: str, day: date) -> Iterator[str]:
        """Members in the order of `rule` on `day`, each once, beginning with `first`."""
        return self._from(rule, self.places[rule][first], day)

    def _from(self, rule: int, place: int, day: date) -> Iterator[str]:
        order = self.lists[rule]
        size = len(order)
        for step in range(size):
            id_ = order[(place + step) % size]
            member = self.members[id_]
            if member.joined <= day and (member.left is None or day < member.left):
                yield id_

    def _carried_over(self, rule: int, previous: str | None, day: date) -> int:
        if previous is None:
            return 0
        for older in range(rule - 1, -1, -1):
            place = self.places[older].get(previous)
            if place is not None:
                standing = (id_ for id_ in self._from(older, place + 1, day) if id_ in self.places[rule])
                heir = next(standing, None)
                return self.places[rule][heir] if heir is not None else 0
        return 0
