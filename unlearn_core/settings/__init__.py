"""Settings with their metadata: forms, flags and docs are made from it."""
