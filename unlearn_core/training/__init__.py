"""The training loop, fine-tuning, and the recipe of the bundled model."""
