"""Commands that make pictures, screens, recordings and lists of texts of the app."""
