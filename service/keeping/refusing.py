"""What cannot be kept or brought back, said to the operator."""

from service.problems import Problem


def refused(detail: str) -> Problem:
    """Nothing was changed; `detail` says why and what to do instead."""
    return Problem(409, "keeping-refused", detail)
