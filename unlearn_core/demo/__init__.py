"""The fictional world, and the recipe that trains the bundled model on it."""
