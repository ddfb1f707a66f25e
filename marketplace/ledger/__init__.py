"""Double entry. Knows nothing of gigs or people: an account is a name and a currency."""
