"""Attacks on a run's model: what is asked, the job that does it, and the verdict."""
