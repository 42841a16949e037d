"""A change says which version it changes: ETag and If-Match (RFC 9110 8.8.3 and 13.1.1; promise P14)."""

import re

from service.language.speech import _
from service.problems import Problem

ETAG = re.compile(r'(W/)?"([\x21\x23-\x7e]{0,100})"')


def etag(version: int) -> str:
    """The strong validator of a version."""
    return f'"{version}"'


class Expected:
    """The version that a change was made for, as its If-Match says."""

    def __init__(self, given: str | None, *, required: bool) -> None:
        """Read If-Match. `*` names no version and is refused like a missing one.

        Raises:
            Problem: 428, it is missing where it is required, or `*`; 400, it cannot be read.
        """
        if given is None and not required:
            self._tags: set[str] | None = None
            return
        if given is None or given.strip() == "*":
            raise Problem(
                428, "version-required", _("Send If-Match with the ETag of what you saw, so that no change is lost.")
            )
        parts = [ETAG.fullmatch(part.strip()) for part in given.split(",")]
        if not all(parts):
            raise Problem(400, "invalid-if-match", _('If-Match cannot be read; send the ETag as it came, such as "7".'))
        # Weak validators never match where a change is made (RFC 9110 13.1.1).
        self._tags = {part.group(2) for part in parts if part is not None and part.group(1) is None}

    def meet(self, version: int) -> None:
        """Refuse unless `version` is the expected one; call it inside the transaction, with the row locked.

        Raises:
            Problem: 412, somebody has changed it meanwhile; its ETag is in the answer.
        """
        if self._tags is not None and str(version) not in self._tags:
            raise Problem(
                412,
                "version-is-stale",
                _("It has changed since you saw it. Read it again, make your change there and send the new ETag."),
                headers={"ETag": etag(version)},
            )
