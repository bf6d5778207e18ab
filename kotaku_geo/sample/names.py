"""Names of a town that does not exist, and the ways in which offices misspell them."""

from __future__ import annotations

KECAMATAN = (
    "Contoh Utara",
    "Contoh Selatan",
    "Wanasari",
    "Gunung Pati Baru",
    "Pesisir Timur",
    "Kedungrejo",
    "Bandar Lama",
)

# "Sukamaju Lor" and "Sukamaju Kidul" come first: a row that says only "Sukamaju" fits both.
KELURAHAN = (
    "Sukamaju Lor", "Sukamaju Kidul", "Kaligawe", "Panggung", "Bandengan", "Tegalsari",
    "Mranggen", "Ngemplak", "Purwosari", "Jagalan", "Wonokerto", "Petamburan",
    "Gedangan", "Cokrodiningrat", "Rawamangun", "Sendangmulyo", "Bulu Dua", "Kauman",
    "Lemahabang", "Dukuh Seti", "Pekunden", "Trimulyo", "Banjardowo", "Yosorati",
    "Ketapang", "Margoasih", "Nglaban", "Poncol", "Hargotirto", "Sambirejo",
    "Jurangombo", "Kramat Jati", "Plumbon", "Umbulharjo", "Wirogunan", "Gisikdrono",
    "Tambakaji", "Brumbungan", "Ploso", "Karanganyar", "Mojopahit", "Sekaran",
    "Gondoriyo", "Randusari", "Cacaban", "Bugangan", "Tirtomoyo", "Lamper",
    "Pringapus", "Selosari",
)  # fmt: skip

_PLACES = (
    "Melati", "Bahari", "Nelayan", "Cendana", "Rel Kereta", "Pasar Burung", "Tanggul",
    "Gotong Royong", "Pandean", "Sawo Jajar", "Mbah Demang", "Kelapa Gading", "Petek",
    "Lawang Abang", "Sumur Bor", "Jambangan", "Genteng", "Batik", "Cikal Bakal", "Teratai",
    "Wungu", "Sidorukun", "Pompa Air", "Kuburan Cina", "Onta", "Dadapan", "Gabus", "Lembu",
    "Rosok", "Tahu Tempe", "Ngablak", "Kapuran", "Bengkok", "Sekolahan", "Jetis", "Mlaten",
    "Waru Doyong", "Pengapon", "Stasiun", "Kopi", "Irigasi", "Benteng", "Arjuna", "Wijaya",
    "Pecinan",
)  # fmt: skip
_KINDS = ("Kampung", "Bantaran", "Gang", "Pesisir", "Kebon", "Blok", "Tambak")

# Typed with the letters of cp1252: they read as rubbish where the encoding is guessed wrong.
SK_ACCENTED = {
    "Kampung Petek": "Kampung Peték",
    "Kampung Jetis": "Kampung Jètis’",
    "Kampung Gabus": "Jum’at Gabus",
}

AGENCIES = {
    "bappeda": "Bappeda Kota Contoh",
    "bps": "BPS Kota Contoh",
    "perkim": "Dinas Perkim Kota Contoh",
    "dpupr": "DPUPR Kota Contoh",
    "pdam": "PDAM Tirta Contoh",
    "dlh": "DLH Kota Contoh",
    "damkar": "Dinas Damkar Kota Contoh",
    "dukcapil": "Disdukcapil Kota Contoh",
    "bbws": "BBWS Contoh",
    "bpbd": "BPBD Kota Contoh",
    "bnpb": "BNPB",
    "dinsos": "Dinas Sosial Kota Contoh",
    "disbud": "Dinas Kebudayaan Kota Contoh",
    "bpn": "Kantor Pertanahan Kota Contoh",
    "pokja": "Pokja PKP Kota Contoh",
}


def place_name(number: int) -> str:
    """The `number`-th name of a slum area; all are different up to some 300."""
    kind = _KINDS[(number // len(_PLACES)) % len(_KINDS)]
    return f"{kind} {_PLACES[number % len(_PLACES)]}"


def doubled(name: str) -> str:
    """A spelling with one consonant doubled: `Kaligawe` → `Kaliggawe`."""
    for index in range(2, len(name) - 1):
        if name[index] in "glnrstk" and name[index] not in (name[index - 1], name[index + 1]):
            return name[:index] + name[index] + name[index:]
    return name


def spaced(name: str) -> str:
    """A spelling with a blank more or less: `Kaligawe` → `Kali Gawe`, `Bulu Dua` → `BuluDua`."""
    if " " in name:
        return name.replace(" ", "", 1)
    middle = len(name) // 2
    return f"{name[:middle]} {name[middle:]}"
