"""A process of its own that lays out a workbook within limits; run as a script.

It stands alone, so that it starts quickly. It ends with `TOO_LARGE`, by a signal, or well.
"""

import sys

TOO_LARGE = 9


def main(path: str, memory: int, seconds: int, cells: int) -> int:
    """Lay out every sheet; gives the process's exit code."""
    try:
        import resource
    except ImportError:  # a system without such limits
        return 0
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    import python_calamine

    try:
        book = python_calamine.load_workbook(path)
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            if sheet.total_height * sheet.total_width > cells:
                return TOO_LARGE
    except MemoryError:
        return TOO_LARGE
    except Exception:  # noqa: BLE001 (what is wrong with it is said where it is read)
        return 0
    except BaseException:  # noqa: BLE001 (a panic of the library: out of memory)
        return TOO_LARGE
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *map(int, sys.argv[2:5])))
