"""The fixtures of runs, for what is done with them afterwards."""

from tests.runs.conftest import create, store, supervisor

__all__ = ["create", "store", "supervisor"]
