"""What people take away: the city profile, the GeoPackage, the verification document."""
