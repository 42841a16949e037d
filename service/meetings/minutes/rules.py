"""Minutes are adopted by silence: circulated with a deadline, they stand unless a member objects before it. Pure.

Nothing has to run at the deadline; the state is read from the clock.
"""

from datetime import datetime
from typing import Literal

from service.language.speech import N_

State = Literal["draft", "circulated", "contested", "adopted"]
# How each state is said of minutes, as a whole sentence.
STANDS: dict[str, str] = {
    "draft": N_("These minutes are a draft."),
    "circulated": N_("These minutes are in circulation."),
    "contested": N_("These minutes are contested."),
    "adopted": N_("These minutes are adopted."),
}
OUTCOMES = 200
# How long members have to read them: days.
SILENCE = (2, 90)


def state(circulated_at: datetime | None, until: datetime | None, objections: int, now: datetime) -> State:
    """Where the minutes stand at `now`; `objections` are those to the version that was circulated."""
    if circulated_at is None or until is None:
        return "draft"
    if objections:
        return "contested"
    return "adopted" if now >= until else "circulated"


def markdown(title: str, lines: list[str], text: str, outcomes: list[tuple[int, str]]) -> str:
    """The minutes as one Markdown text: heading, facts, the text itself, the numbered outcomes."""
    parts = [f"# {title}", "\n".join(f"- {line}" for line in lines), text.strip()]
    if outcomes:
        parts.append("## Outcomes\n\n" + "\n".join(f"{number}. {said}" for number, said in outcomes))
    return "\n\n".join(part for part in parts if part) + "\n"


def represented(member: str, name: str | None, rank: str | None) -> str:
    """Who was there for a member: "Ms X, alternate, for UNHCR"."""
    who = ", ".join(part for part in (name, rank.replace("-", " ") if rank else None) if part)
    return f"{who}, for {member}" if who else member
