"""The books as other programs read them."""
