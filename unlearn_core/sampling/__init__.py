"""Many answers to many prompts: one file an engine, all behind the interface in `sampler.py`."""
