"""Tests of the comparison, apart from the screen."""
