"""A run as a film: its answers at every measured step."""
