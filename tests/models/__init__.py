"""Tests of unlearn_core.models."""
