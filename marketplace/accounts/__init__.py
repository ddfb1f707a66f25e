"""People, companies, members and roles, API keys, sign-in: who is asking."""
