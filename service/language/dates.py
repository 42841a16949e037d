"""Days and hours in words, in the language spoken now (CLDR patterns by Babel). A day is a day; zones are the caller's.

Hours are on the clock of 24 hours everywhere.
"""

from collections.abc import Sequence
from datetime import date, datetime

from babel.dates import format_date
from babel.lists import format_list

from service.language.speech import language

# Where the long form of CLDR is not what the United Nations write.
_LOCALES = {"en": "en_GB"}
_DAY = {"ru": "d MMMM y 'года'"}
_WEEKDAY = {"en": "EEEE, d MMMM y", "ru": "EEEE, d MMMM y 'года'"}
_BRIEF = {"en": "EEEE d MMMM y", "ar": "EEEE d MMMM y", "ru": "EEEE, d MMMM y 'года'"}


# The United Nations write both of the names that a month has in Arabic; CLDR knows one.
_MONTHS = {
    "ar": (
        "كانون الثاني/يناير", "شباط/فبراير", "آذار/مارس", "نيسان/أبريل", "أيار/مايو", "حزيران/يونيه", "تموز/يوليه",
        "آب/أغسطس", "أيلول/سبتمبر", "تشرين الأول/أكتوبر", "تشرين الثاني/نوفمبر", "كانون الأول/ديسمبر",
    )
}  # fmt: skip


def spoken(day: object) -> str:
    """A day in words, such as 1 July 2008; anything else as it is."""
    return (
        _as_written(day, format_date(day, _DAY.get(language(), "long"), _locale()))
        if isinstance(day, date)
        else str(day)
    )


def weekday(day: date) -> str:
    """A day with its weekday, such as Tuesday, 1 July 2008."""
    return _as_written(day, format_date(day, _WEEKDAY.get(language(), "full"), _locale()))


def brief(day: date) -> str:
    """The same for a line that has other commas, such as Tuesday 1 July 2008."""
    return _as_written(day, format_date(day, _BRIEF.get(language(), "full"), _locale()))


def hour(at: datetime) -> str:
    """The time of day, such as 09:00."""
    return f"{at:%H:%M}"


def listed(names: Sequence[str]) -> str:
    """Names one after another, such as A, B and C."""
    return format_list(list(names), style="standard", locale=_locale())


def _as_written(day: date, text: str) -> str:
    """What CLDR says, as the United Nations write it: French has an ordinal for the first of a month."""
    months = _MONTHS.get(language())
    if months is not None:
        return text.replace(format_date(day, "MMMM", _locale()), months[day.month - 1])
    return text.replace("1 ", "1er ", 1) if language() == "fr" and day.day == 1 else text


def _locale() -> str:
    return _LOCALES.get(language(), language())
