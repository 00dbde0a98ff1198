"""What pages are made of: templates that escape, and one palette."""
