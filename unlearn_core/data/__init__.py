"""Records, where they come from, which are marked, and how they become tokens."""
