"""Identifiers that a record can be called by."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def rt_key(kode: pd.Series, rt: pd.Series, rw: pd.Series) -> pd.Series:
    """``33.75.01.1002-RW007-RT006A``; RW000 where none is given; None without code or with
    several RTs in the cell."""
    known = kode.notna() & rt.notna() & ~rt.fillna("").astype(str).str.contains(";")
    text = kode.astype(str) + "-RW" + rw.fillna("000").astype(str) + "-RT" + rt.astype(str)
    return text.astype(object).where(known, None)


def subjects(layer: str, frame: pd.DataFrame) -> NDArray[np.object_]:
    """What a finding about each record of a layer is about: its own id where it has one, else its
    RT, else its kelurahan, else ``source_id#source_row``."""
    size = len(frame)
    empty = pd.Series([None] * size, index=frame.index, dtype=object)

    def column(name: str) -> pd.Series:
        return frame[name].astype(object) if name in frame else empty

    own = {"kawasan": "id_kawasan", "sk": "id_sk", "sk_tabel": "id_sk"}.get(layer)
    subject = column(own) if own else empty
    subject = subject.where(subject.notna(), None)
    kode = column("kode_kelurahan")
    if "rt" in frame:
        by_rt = rt_key(kode, column("rt"), column("rw"))
        subject = subject.where(subject.notna(), by_rt)
    subject = subject.where(subject.notna(), kode)
    row = frame["source_id"].astype(str) + "#" + frame["source_row"].astype(str)
    subject = subject.where(subject.notna(), row)
    return subject.to_numpy(dtype=object)
