"""Money that comes to the service's own bank account, by the statements of the bank."""
