"""Devices: each family's cells beside their compact models."""
