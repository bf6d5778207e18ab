"""Environmental and social screening of kawasan by theme; unknown is never clean."""
