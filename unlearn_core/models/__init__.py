"""Models: where one comes from, its card and memory, loading, saving, and making it trainable.

Each file is imported by its own name: the app shows forms before the libraries that load models.
"""
