"""Runs and audits as pages and tables that anyone can open: HTML and CSV, made of escaped text."""
