"""Tests of unlearn_core.data."""
