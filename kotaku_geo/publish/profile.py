"""The stage `profile`: the city slum profile as a page that opens from a double click."""

from kotaku_geo.publish.page import page
from kotaku_geo.publish.release import release
from kotaku_geo.stage import StageContext

PAGE = "publish/profil.html"


def run(ctx: StageContext) -> None:
    """Write `publish/profil.html`, in the run's language first, both languages inside."""
    released = release(ctx)
    ctx.say("Profil kota")
    ctx.write_document(PAGE, page(released, ctx.lang).encode("utf-8"))
