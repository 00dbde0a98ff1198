"""What a model does with records: one reading of each, from which every measure is taken."""
