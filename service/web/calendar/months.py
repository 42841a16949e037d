"""Months as a calendar shows them: their days in weeks that begin on Monday, and the months beside them. Pure."""

import re
from datetime import date, timedelta
from typing import NamedTuple

from service.rotation.engine import add_months

_WEEK = timedelta(days=7)


class Month(NamedTuple):
    """A month by its first day."""

    first: date

    @property
    def until(self) -> date:
        """The day after its last."""
        return self.plus(1).first

    @property
    def text(self) -> str:
        """As it stands in an address: 2008-07."""
        return f"{self.first:%Y-%m}"

    def plus(self, months: int) -> "Month":
        """The month so many months later, or earlier."""
        return Month(add_months(self.first, months))

    def weeks(self) -> list[list[date]]:
        """The weeks that share a day with it, from Monday to Sunday."""
        monday = self.first - timedelta(days=self.first.weekday())
        found = []
        while monday < self.until:
            found.append([monday + timedelta(days=number) for number in range(7)])
            monday += _WEEK
        return found


class Reach(NamedTuple):
    """The months that there is something to show of, from the first to the last."""

    first: Month
    last: Month

    def has(self, month: Month) -> bool:
        return self.first <= month <= self.last

    def before(self, month: Month, months: int = 1) -> Month | None:
        """The month before, if there is one; with `months` so many before, or the first."""
        return max(month.plus(-months), self.first) if month > self.first else None

    def after(self, month: Month, months: int = 1) -> Month | None:
        """The month after, if there is one; with `months` so many after, if that is not beyond the last."""
        later = month.plus(months)
        return later if later <= self.last else None


def month_of(day: date) -> Month:
    return Month(day.replace(day=1))


def read_month(text: str) -> Month | None:
    """The month that a text such as 2008-07 names; None where it names none."""
    found = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text.strip(), re.ASCII)
    return Month(date(int(found[1]), int(found[2]), 1)) if found and 1900 <= int(found[1]) < 2199 else None
