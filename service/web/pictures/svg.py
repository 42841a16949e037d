"""The kit of the pictures: bars, words and lines on one sheet, from right to left where the language is. Pure.

Every text is escaped, no style attribute is used. What stands at x, counted from where reading begins, is mirrored
for Arabic; `text-anchor` follows by itself, since start and end are those of the reading direction. Fills are told
apart by pattern and outline: `solid`, `hatched`, `crossed` and `open` (an outline), see static/public.css; a page
with pictures holds `patterns()` once.
"""

from collections.abc import Sequence

from markupsafe import Markup, escape

from service.language.speech import direction

WIDTH, LEFT, RIGHT = 460, 160, 34
ROW, BAR = 20, 13
_LONGEST = 20


class Sheet:
    """A picture in the making; `label` is what it shows, for who cannot see it."""

    def __init__(self, name: str, label: str, height: float, width: float = WIDTH) -> None:
        self.width, self.height = width, height
        self._mirrored = direction() == "rtl"
        self._parts = [
            f'<svg class="picture {escape(name)}" role="img" viewBox="0 0 {_n(width)} {_n(height)}"'
            f' xmlns="http://www.w3.org/2000/svg" aria-label="{escape(label)}">'
        ]

    def bar(self, x: float, y: float, width: float, height: float, classes: str, told: str) -> None:
        """A bar from x on; `told` is what it says when pointed at."""
        x = self.width - x - width if self._mirrored else x
        self._parts.append(
            f'<rect class="bar {escape(classes)}" x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}"'
            f"><title>{escape(told)}</title></rect>"
        )

    def text(self, x: float, y: float, said: str, classes: str) -> None:
        """Words at x, the foot of their line at y."""
        self._parts.append(f'<text class="{escape(classes)}" x="{_n(self._at(x))}" y="{_n(y)}">{escape(said)}</text>')

    def upright(self, x: float, top: float, bottom: float, classes: str, told: str = "") -> None:
        """A line from top to bottom."""
        title = f"<title>{escape(told)}</title>" if told else ""
        path = f"M{_n(self._at(x))} {_n(top)} V{_n(bottom)}"
        self._parts.append(f'<path class="{escape(classes)}" d="{path}">{title}</path>')

    def done(self) -> Markup:
        """The picture, to be put into a page as it is."""
        return Markup("".join(self._parts) + "</svg>")  # noqa: S704 - every text was escaped above

    def _at(self, x: float) -> float:
        return self.width - x if self._mirrored else x


def patterns() -> Markup:
    """What bars are filled with; once in a page."""
    return Markup(
        '<svg class="patterns" width="0" height="0" aria-hidden="true" focusable="false"><defs>'
        '<pattern id="by-rule" width="6" height="6" patternUnits="userSpaceOnUse">'
        '<path class="hatch" d="M0 6 L6 0"/></pattern>'
        '<pattern id="crossed" width="5" height="5" patternUnits="userSpaceOnUse">'
        '<path class="hatch" d="M0 5 L5 0 M0 0 L5 5"/></pattern></defs></svg>'
    )


def brief(name: str) -> str:
    """A name that fits beside a bar."""
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"


def scaled(values: Sequence[float], room: float) -> float:
    """How wide one unit is, so that the highest of `values` fits into `room`."""
    return room / max([*values, 1])


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
