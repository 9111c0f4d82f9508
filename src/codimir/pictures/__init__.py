"""Pictures of people: uploaded, or copied once from where they are; always served from here."""
