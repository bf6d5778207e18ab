"""What a pipeline file may set beside its sources: policy, and the numbers of verify and screen."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

Length = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]


class Model(BaseModel):
    """A part of the pipeline file: an unknown key is an error, and nothing changes later."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LayerPlanar(Model):
    """Distances of the planar repair of one layer, where they are not those of all; metres."""

    snap_m: Length | None = None
    gap_m: Length | None = None


class Planar(Model):
    """Distances of the planar repair, metres; a layer whose maps are coarser has its own."""

    snap_m: Length = 0.5
    gap_m: Length = 1.0
    kelurahan: LayerPlanar = LayerPlanar()
    rt: LayerPlanar = LayerPlanar()

    def of(self, layer: str) -> tuple[float, float]:
        """``snap_m`` and ``gap_m`` of a layer (kelurahan or rt)."""
        own: LayerPlanar = getattr(self, layer)
        snap = self.snap_m if own.snap_m is None else own.snap_m
        return snap, self.gap_m if own.gap_m is None else own.gap_m


class Policy(Model):
    """Who is believed first, and how far sources may differ and still agree."""

    order: dict[str, list[str]] = {}
    tolerance: dict[str, float] = {"default": 5.0}
    planar: Planar = Planar()


class Verify(Model):
    """Numbers of the verification; areas in m², limits in percent, accuracy in metres."""

    min_overlap: Share = 0.05
    tolerance_k: Length = 1.5
    min_piece_m2: Length = 1.0
    area_warning_pct: Length = 1.0
    area_error_pct: Length = 10.0
    accuracy_m: Length = 5.0


class Bcb(Model):
    """Heritage: the assumed buffer, metres."""

    buffer_m: Length = 50.0


class KawasanLindung(Model):
    """Protected land: the assumed width either side of a line that states none, metres."""

    sempadan_m: Length = 15.0


class RawanBencana(Model):
    """Hazards: class breaks of an index, and the kinds that must have been looked at."""

    breaks: tuple[Length, Length] = (0.333, 0.666)
    jenis_wajib: list[str] | None = None

    @field_validator("breaks")
    @classmethod
    def _rising(cls, value: tuple[float, float]) -> tuple[float, float]:
        if value[0] >= value[1]:
            raise ValueError(f"breaks {list(value)} harus menaik")
        return value


class StatusTanah(Model):
    """Land status that counts as clear."""

    jelas: list[str] = ["hak milik", "hgb", "hak pakai", "wakaf"]


class Mha(Model):
    """Customary-law communities; there is nothing to set."""


class Screen(Model):
    """The settings of each screening theme."""

    bcb: Bcb = Bcb()
    kawasan_lindung: KawasanLindung = KawasanLindung()
    rawan_bencana: RawanBencana = RawanBencana()
    status_tanah: StatusTanah = StatusTanah()
    mha: Mha = Mha()
