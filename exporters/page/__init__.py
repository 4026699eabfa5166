"""Statistics as one HTML page that needs nothing else: no network, no script. Pure."""

from exporters.page.whole import page as page

__all__ = ["page"]
