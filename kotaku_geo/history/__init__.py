"""What was agreed and when: sealed versions, differences between them, and why a value stands."""
