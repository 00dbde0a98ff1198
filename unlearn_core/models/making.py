"""One model is made at a time.

While transformers makes a model, read or not, it puts other functions in the place of torch's and
of its own, for the whole process. Two threads at once can leave weights unset or untied, and
functions replaced for good: the second one takes the first one's for the originals.
"""

from threading import RLock

MAKING = RLock()
"""Held by whoever makes a model or puts an adapter on one."""
