"""One file a tab; each has `build(services, page)`, called inside its `gr.Tab`."""
