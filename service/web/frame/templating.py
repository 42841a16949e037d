"""The templates: everything is escaped, an unknown name is an error, texts are said in the language of the page."""

from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from service.groups.charter import Charter
from service.language.catalogues import NAMES, translations
from service.language.dates import hour, listed, spoken, weekday
from service.language.speech import _, language, ngettext
from service.notifications.wording.common import pair

NOTHING = "–"


def said(message: str, /, **values: object) -> Markup:
    """A message whose places take marked-up pieces, such as a link; what is not marked up is escaped."""
    return Markup(escape(translations(language()).gettext(message))).format(**values)  # noqa: S704 - escaped


def day(value: date | str | None) -> str:
    """A day in words: 1 July 2008."""
    return spoken(_day(value)) if value else NOTHING


def weekday_of(value: date | str | None) -> str:
    """A day with its weekday: Tuesday, 1 July 2008."""
    return weekday(_day(value)) if value else NOTHING


def moment(value: datetime | str | None, zone: str) -> str:
    """An instant on the clocks of a zone: Tuesday, 1 July 2008, 15:00 (Europe/Zurich)."""
    if not value:
        return NOTHING
    at = (datetime.fromisoformat(value) if isinstance(value, str) else value).astimezone(ZoneInfo(zone))
    return _("{day}, {start} ({zone})", day=weekday(at.date()), start=hour(at), zone=zone)


def lines(text: str | None) -> Markup:
    """A text with its line breaks."""
    return Markup("<br>").join(escape(line) for line in (text or "").splitlines())


def theirs(text: str) -> Markup:
    """A text that somebody has written, where a label or a choice stands: it keeps its own direction."""
    return Markup('<span dir="auto">{}</span>').format(text)


def _day(value: date | str) -> date:
    return date.fromisoformat(value[:10]) if isinstance(value, str) else value


def short(charter: Charter, ids: str | list[str] | tuple[str, ...]) -> str:
    """What people call one or several organizations."""
    return charter.short(ids) if isinstance(ids, str) else listed([charter.short(id_) for id_ in ids]) or _("vacant")


templates = Environment(
    loader=FileSystemLoader(Path(__file__).parents[1] / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
templates.filters |= {
    "day": day, "spoken": day, "weekday": weekday_of, "long": weekday_of, "moment": moment, "lines": lines,
    "listed": lambda names: listed(list(names)),
}  # fmt: skip
_globals: dict[str, Any] = {
    "_": _, "_h": said, "ngettext": ngettext, "pair": pair, "NAMES": NAMES, "NOTHING": NOTHING, "short": short,
}  # fmt: skip
templates.globals |= _globals
