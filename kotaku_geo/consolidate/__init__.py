"""From what the offices delivered to one table of RT and kawasan, with every candidate kept."""
