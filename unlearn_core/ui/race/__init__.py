"""A race: several methods and seeds on one forget set."""
