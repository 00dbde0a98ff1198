"""Present: a run as slides, full screen, in large type."""
