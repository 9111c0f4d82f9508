"""What every route shares: errors, validation, paging, routing, the API document."""
