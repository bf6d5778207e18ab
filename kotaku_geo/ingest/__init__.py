"""Delivered files to canonical layers: what can be read is read, and every repair is recorded."""
