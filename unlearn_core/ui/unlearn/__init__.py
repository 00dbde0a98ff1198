"""Step 3, Unlearn: choose a method, start it, and watch it."""
