"""Side-by-side measurements; the results lie in `results/`."""
