"""The one table of threats: every exchange, and every test that shows what an exchange cannot."""

from tests.threats import addresses, authority, bodies, elsewhere, foreign, values
from tests.threats.rows import Row, Sent, Shown

ROWS: list[Row] = [
    *bodies.rows(), *values.rows(), *foreign.rows(), *addresses.rows(), *authority.rows(), *elsewhere.SHOWN,
]  # fmt: skip
EXCHANGES = [row for row in ROWS if isinstance(row, Sent)]
REFERENCES = [row for row in ROWS if isinstance(row, Shown)]
