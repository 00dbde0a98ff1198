"""Step 5, Is it gone?: attacks on a run's model, the verdict and reports."""
