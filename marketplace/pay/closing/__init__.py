"""The end of a contract and of an account: nothing is owed any more."""
