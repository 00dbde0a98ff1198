"""Step 6, Runs: everything that was run."""
