"""What one operator wants to do with money, and a second one agrees to or takes back."""
