"""What to run (spec), what happened (store), and the process that does it (worker)."""
