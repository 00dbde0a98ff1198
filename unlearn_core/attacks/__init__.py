"""Ways to get back what a model should have forgotten; one file an attack."""
