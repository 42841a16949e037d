"""Content lines of iCalendar (RFC 5545 3.1) and the text they may hold (3.3.11)."""

import re

_OCTETS = 75
_BREAKS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


def clean(text: str) -> str:
    r"""`text` as TEXT may hold it: no control but TAB, line ends as \n, no lone surrogate.

    The door refuses these characters already; here one bad row must not break a whole feed. The
    Unicode line separators become \n, since readers that split lines by them would cut the entry.
    """
    return _CONTROLS.sub("", _BREAKS.sub("\n", text))


def escape(text: str) -> str:
    r"""`text`, cleaned, as a TEXT value: \ ; , and new lines escaped, nothing else."""
    return clean(text).translate(_ESCAPES)


def content_line(line: str) -> bytes:
    """`line` in UTF-8 with CRLF, folded to at most 75 octets and never inside a character.

    Raises:
        ValueError: the line has a control character, so it would be two lines or none.
    """
    if clean(line) != line or "\n" in line:
        raise ValueError(f"{line[:40]!r} has control characters")
    rest, pieces, room = line.encode(), [], _OCTETS
    while len(rest) > room:
        cut = room
        while rest[cut] & 0xC0 == 0x80:  # the inside of a character
            cut -= 1
        pieces.append(rest[:cut])
        rest, room = rest[cut:], _OCTETS - 1  # the space that marks a folded line
    return b"\r\n ".join([*pieces, rest]) + b"\r\n"
