"""What runs in the browser, and the bridge to it: a DOM kit, charts, the document around it."""
