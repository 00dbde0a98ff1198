"""Charts that live in the browser: rows are polled from the store and drawn there."""
