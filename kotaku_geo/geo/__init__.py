"""Kernels: geometry arrays in, arrays out. They open no file and know no word of the domain."""
