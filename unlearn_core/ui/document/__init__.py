"""The document around the page: its title, icon and language, before gradio draws anything."""
