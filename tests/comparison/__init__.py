"""Several models beside one another."""
