"""Short interactive lessons: one file a lesson, found by its registration."""
