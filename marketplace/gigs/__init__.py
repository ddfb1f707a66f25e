"""What a company asks for, from draft to closed, and the gate that it passes on the way."""
