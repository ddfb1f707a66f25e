"""How money leaves and enters: rails behind one interface, the payments on them, and what they tell."""
