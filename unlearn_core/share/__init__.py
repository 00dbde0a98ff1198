"""What leaves the workspace: exports, the hub, model cards, a Space."""
