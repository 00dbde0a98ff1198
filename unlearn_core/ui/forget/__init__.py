"""Step 2, Forget: the records and what is marked."""
