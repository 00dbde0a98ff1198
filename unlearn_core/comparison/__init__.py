"""Several models beside one another: the same prompt, the same seed, what each says and expects."""
