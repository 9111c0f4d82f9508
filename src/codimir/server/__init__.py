"""What stands between a socket and the application: bounds on connections and requests, and names for requests."""
