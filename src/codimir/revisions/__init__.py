"""How far the data has come, and what follows from it: entity tags, conditions, and writes that are done once."""
