"""Whether the revisions lead to just the tables of the models: exit 0, or 1 with the differences."""

import sys

from migrations.upgrade import drift, upgrade
from service.database import connect


def main() -> int:
    engine = connect("sqlite://")
    upgrade(engine)
    differences = drift(engine)
    for difference in differences:
        print(difference)
    print("models match migrations" if not differences else "write a revision for these differences")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
