"""Writing the constructed city as the files that offices would hand over, mess included."""
