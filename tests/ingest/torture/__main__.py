"""Prints the table: ``make torture``; with ``--odd`` only what is not the same in both."""

import sys

from tests.ingest.torture import table

if __name__ == "__main__":
    folder = table.folder_of_files()
    if not folder.is_dir():
        sys.exit(f"not here: {folder} (set KOTAKU_SHARED_DATA)")
    print(table.shown(table.make(folder), everything="--odd" not in sys.argv))
