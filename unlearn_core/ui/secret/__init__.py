"""Your own secret: facts about an invented person are taught, forgotten, and looked for."""
