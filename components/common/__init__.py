"""What the libraries of all platforms share: curves, drawing, each device's geometry once, for any cross-section."""
