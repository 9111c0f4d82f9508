"""How tickets were: as of a moment, from the states that the database keeps and the event log."""
