"""Every text of the page, by feature."""
