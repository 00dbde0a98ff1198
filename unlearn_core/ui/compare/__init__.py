"""The comparison of several models: its questions, its asking, its link, and how it is drawn."""
