"""Words of a race: setting it up, and its table."""

METHODS = "Methods"
ALL_METHODS = "All methods"
SEEDS = "Seeds"
SEEDS_HELP = "Runs of each method; more give narrower intervals."
ATTACK = "Attack every result"
ATTACK_HELP = "Each run is followed by all attacks at the quick effort; see step 5."
START = "Start the race"
TOO_MANY = (
    "The race has {methods} methods and {seeds} seeds, but needs at least one of each and at "
    "most {most} runs. Choose methods and seeds above."
)
VERDICT_HELP = "What the newest attacks on each run say; step 5 shows why."
REACHED_HELP = (
    "Mean of what the attack reached, as a share or AUC; ▲ where it got more than guessing. "
    "Lower is better."
)
VERDICT = "Verdict"
