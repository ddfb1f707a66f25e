"""Messages: people ask a company about a gig, and it answers; what waits too long, and what was badly written."""
