"""Tests of the presentation."""
