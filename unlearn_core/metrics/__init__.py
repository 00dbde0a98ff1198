"""Pure functions on texts, numbers and log-probabilities; nothing here knows of runs or screens."""
