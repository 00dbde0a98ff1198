"""The command line: everything the app can do, from a terminal."""
