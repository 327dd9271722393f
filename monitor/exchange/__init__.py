"""What leaves and enters: the public JSON shapes, CSV."""
