"""Tests of the guided path."""
