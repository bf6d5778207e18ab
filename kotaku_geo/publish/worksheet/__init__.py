"""The workbook of a meeting: conflicts out, decisions back in, and the draft of its minutes."""
