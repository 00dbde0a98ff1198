"""Step 1, Model: which model, on which device."""
