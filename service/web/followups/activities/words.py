"""What activities, their milestones and their log are called on pages. Pure."""

from service.language.speech import N_

# For each state: how it is marked, and its name.
STATES = {
    "proposed": ("waiting", N_("proposed")),
    "agreed": ("", N_("agreed")),
    "ongoing": ("", N_("under way")),
    "completed": ("done", N_("completed")),
    "discontinued": ("refused", N_("discontinued")),
}
# What was done, in the log.
WHAT = {
    "proposed": N_("proposed"),
    "agreed": N_("agreed"),
    "started": N_("work has begun"),
    "reported": N_("reported"),
    "edited": N_("corrected"),
    "completed": N_("completed"),
    "discontinued": N_("discontinued"),
    "milestone-added": N_("milestone added"),
    "milestone-reached": N_("milestone reached"),
    "milestone-moved": N_("milestone moved"),
}
# What was corrected, in the log; a milestone is named by its own title.
FIELDS = {
    "title": N_("Title"),
    "objective": N_("Objective"),
    "purposes": N_("Purposes"),
    "areas": N_("Areas of work"),
    "lead": N_("Lead"),
    "partners": N_("Partners"),
    "from": N_("First day"),
    "until": N_("The day after the last"),
    "expected": N_("Expected outputs"),
    "external": N_("External event"),
    "visibility": N_("Who may read it"),
    "decision": N_("Decision"),
    "meeting": N_("Meeting"),
}
