"""What happened: the history of a ticket, activity, audit, and the event log as a feed and as a live stream."""
