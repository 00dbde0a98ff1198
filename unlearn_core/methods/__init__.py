"""Unlearning methods: one file each, found by `registry.methods()`."""
