"""``python -m kotaku_geo`` is the command ``kotaku-geo``."""

from kotaku_geo.cli import main

if __name__ == "__main__":
    main()
