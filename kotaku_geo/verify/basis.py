"""What a verification is based on: the decree, and the layers that the baseline is made of."""

BASIS = (
    "sk", "sk_tabel", "kelurahan", "rt", "profil_rt", "kawasan", "bangunan", "jalan", "drainase",
    "genangan", "air_minum", "air_limbah", "persampahan", "proteksi_kebakaran", "penduduk",
)  # fmt: skip
