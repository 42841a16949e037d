"""Days and hours in words, in the language spoken now (CLDR patterns by Babel). A day is a day; zones are the caller's.

Hours are on the clock of 24 hours everywhere.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date, format_skeleton, get_day_names
from babel.lists import format_list

from service.language.speech import language

# Where the long form of CLDR is not what the United Nations write.
_LOCALES = {"en": "en_GB"}
_DAY = {"ru": "d MMMM y 'года'"}
_MONTH = {"ru": "LLLL y 'года'"}
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
        _as_written(day, _by_pattern(day, _DAY.get(language(), "long"), _locale()))
        if isinstance(day, date)
        else str(day)
    )


def weekday(day: date) -> str:
    """A day with its weekday, such as Tuesday, 1 July 2008."""
    return _as_written(day, _by_pattern(day, _WEEKDAY.get(language(), "full"), _locale()))


def brief(day: date) -> str:
    """The same for a line that has other commas, such as Tuesday 1 July 2008."""
    return _as_written(day, _by_pattern(day, _BRIEF.get(language(), "full"), _locale()))


def month(day: date) -> str:
    """The month of a day with its year, such as July 2008."""
    said = _MONTH.get(language())
    text = _by_pattern(day, said, _locale()) if said else format_skeleton("yMMMM", day, locale=_locale())
    return _with_month(day, text)


def weekdays() -> list[str]:
    """The names of the days of a week, from Monday on."""
    names = get_day_names("wide", "stand-alone", _locale())
    return [names[number] for number in range(7)]


def hour(at: datetime) -> str:
    """The time of day, such as 09:00."""
    return f"{at:%H:%M}"


def listed(names: Sequence[str]) -> str:
    """Names one after another, such as A, B and C."""
    return format_list(list(names), style="standard", locale=_locale())


def _as_written(day: date, text: str) -> str:
    """What CLDR says, as the United Nations write it: French has an ordinal for the first of a month."""
    if language() == "fr" and day.day == 1:
        return text.replace("1 ", "1er ", 1)
    return _with_month(day, text)


def _with_month(day: date, text: str) -> str:
    """The text with the month named as the United Nations name it."""
    months = _MONTHS.get(language())
    return text.replace(_by_pattern(day, "MMMM", _locale()), months[day.month - 1]) if months else text


def _locale() -> str:
    return _LOCALES.get(language(), language())


@lru_cache(maxsize=4096)
def _by_pattern(day: date, pattern: str, locale: str) -> str:
    """A page says the same few days again and again."""
    return format_date(day, pattern, locale)
