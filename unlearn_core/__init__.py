"""Lethe: watch a language model forget.

The package is a library with two faces, a command line (`unlearn_core.cli`) and a web app
(`unlearn_core.ui`). `docs/architecture.md` names the rooms and which may use which.
"""

__version__ = "0.1.0"
