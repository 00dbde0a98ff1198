"""The page around the steps: start, side bar, forms, theme, endpoints."""
