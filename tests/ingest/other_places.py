"""Places that are not in Banjarmasin: they must match none of its kelurahan.

Kelurahan and desa of the kabupaten and cities around it, beginnings and single words of its own
names, and the kelurahan of another city, which is also measured by itself.
"""

_AROUND = """
    Aluh-Aluh Besar; Aluh-Aluh Kecil; Bakambat; Balimau; Bunipah; Handil Baru; Handil Bujur; Kuin
    Besar; Kuin Kecil; Labat Muara; Pemurus; Podok; Pulantan; Simpang Warga; Sungai Musang; Tanipah;
    Terapu; Gambut; Gambut Barat; Guntung Papuyu; Guntung Ujung; Kayu Bawang; Keladan Baru; Makmur;
    Malintang; Malintang Baru; Sungai Kupang; Tambak Sirang Baru; Tambak Sirang Darat; Tambak Sirang
    Laut; Kertak Hanyar I; Kertak Hanyar II; Manarap Lama; Manarap Baru; Manarap Tengah; Mandar
    Sari; Mekar Raya; Pasar Kamis; Simpang Empat; Sungai Lakum; Tatah Layap; Tatah Belayung Baru;
    Pemangkih Baru; Banua Hanyar; Sungai Tabuk Kota; Sungai Tabuk Keramat; Gudang Hirang; Gudang
    Tengah; Lok Baintan; Lok Buntar; Paku Alam; Pejambuan; Pematang Panjang; Pembantanan; Sungai
    Bakung; Sungai Bangkal; Sungai Pinang Baru; Sungai Pinang Lama; Sungai Tandipah; Tajau Landung;
    Abumbun Jaya; Keliling Benteng Ilir; Keliling Benteng Ulu; Keliling Benteng Tengah; Penggalaman;
    Sungai Batang; Sungai Batang Ilir; Sungai Rangas; Sungai Rangas Hambuku; Sungai Rangas Tengah;
    Sungai Rangas Ulu; Tangkas; Telok Selong; Telok Selong Ulu; Antasan Sutun; Antasan Senor;
    Antasan Senor Ilir; Pekauman Dalam; Pekauman Ulu; Dalam Pagar; Dalam Pagar Ulu; Melayu Ilir;
    Melayu Tengah; Melayu Ulu; Mekar; Tambak Anyar; Tambak Anyar Ilir; Tambak Anyar Ulu; Akar Baru;
    Akar Bagantung; Keramat Baru; Sungai Kitano; Pingaran Ilir; Jawa; Jawa Laut; Keraton; Murung
    Keraton; Murung Kenanga; Pasayangan; Pasayangan Barat; Pasayangan Selatan; Pasayangan Utara;
    Sekumpul; Sungai Paring; Sungai Sipai; Tanjung Rema; Tanjung Rema Darat; Tungkaran; Bincau;
    Bincau Muara; Cindai Alus; Indrasari; Labuan Tabu; Alalak; Alalak Padang; Belandean; Belandean
    Muara; Berangas; Berangas Barat; Berangas Timur; Beringin; Handil Bakti; Panca Karya; Pulau
    Alalak; Pulau Sewangi; Pulau Sugara; Semangat Bakti; Semangat Dalam; Semangat Karya; Sungai
    Lumbah; Sungai Pitung; Tatah Mesjid; Tatah Alayung; Anjir Muara Kota; Anjir Muara Lama; Sungai
    Punggu Baru; Sungai Punggu Lama; Beringin Jaya; Jelapat I; Jelapat II; Jelapat Baru; Mekar Sari;
    Tamban Raya; Tamban Muara; Purwosari; Tinggiran Darat; Tinggiran Baru; Sungai Ulin; Sungai
    Besar; Sungai Tiung; Guntung Manggis; Guntung Paikat; Guntung Payung; Kemuning; Komet; Loktabat
    Utara; Loktabat Selatan; Landasan Ulin Timur; Landasan Ulin Barat; Landasan Ulin Tengah;
    Syamsudin Noor; Mentaos; Palam; Bangkal; Cempaka; Sungai Luar; Sungai Alang; Sungai Landas;
    Sungai Asam; Sungai Riam; Pelaihari; Angsau; Karang Taruna; Pabahanan; Sarang Halang; Telaga;
    Bumi Jaya; Tabanio; Takisung; Kurau; Handil Suruk; Batibati; Banyu Irang; Banjarmasin; Marabahan
    Kota; Ulu Benteng; Bagus; Penghulu; Lepasan; Sungai; Kelayan; Kuin; Basirih Dalam; Pekapuran;
    Tanjung; Teluk; Kertak Baru; Belitung; Antasan; Selatan; Utara; Baru; Kelurahan; Kel.; Kebun;
    Pasar; Karang; Murung; Surgi; Seberang; Telaga Baru; Teluk Baru; Sungai Batu
"""
_SEMARANG = """
    Bangunharjo; Brumbungan; Gabahan; Jagalan; Karangkidul; Kauman; Kembangsari; Kranggan; Miroto;
    Pandansari; Pekunden; Pendrikan Kidul; Pendrikan Lor; Purwodinatan; Sekayu; Bandarharjo; Bulu
    Lor; Dadapsari; Kuningan; Panggung Kidul; Panggung Lor; Plombokan; Purwosari; Tanjungmas;
    Bugangan; Karangtempel; Karangturi; Kebonagung; Kemijen; Mlatibaru; Mlatiharjo; Rejomulyo;
    Rejosari; Sarirejo; Gayamsari; Kaligawe; Pandean Lamper; Sambirejo; Sawah Besar; Siwalan;
    Tambakrejo; Bangetayu Kulon; Bangetayu Wetan; Banjardowo; Gebangsari; Genuksari; Karangroto;
    Kudu; Muktiharjo Lor; Penggaron Lor; Sembungharjo; Terboyo Kulon; Terboyo Wetan; Trimulyo;
    Gemah; Kalicari; Muktiharjo Kidul; Palebon; Pedurungan Kidul; Pedurungan Lor; Pedurungan Tengah;
    Penggaron Kidul; Plamongansari; Tlogomulyo; Tlogosari Kulon; Tlogosari Wetan; Candi; Jatingaleh;
    Jomblang; Kaliwiru; Karanganyar Gunung; Tegalsari; Wonotingal; Barusari; Bulustalan; Lamper
    Kidul; Lamper Lor; Lamper Tengah; Mugassari; Peterongan; Pleburan; Randusari; Wonodri;
    Bojongsalaman; Bongsari; Cabean; Gisikdrono; Kalibanteng Kidul; Kalibanteng Kulon; Karangayu;
    Krapyak; Krobokan; Manyaran; Ngemplak Simongan; Salamanmloyo; Tambakharjo; Tawangmas;
    Tawangsari; Bambankerep; Beringin; Gondoriyo; Kalipancur; Ngaliyan; Podorejo; Purwoyoso;
    Tambakaji; Wates; Wonosari; Kebonsari I; Kebonsari II; Kebonsari III; Jerukan
"""


def _names(text: str) -> list[str]:
    return [" ".join(name.split()) for name in text.split(";")]


AROUND = _names(_AROUND)
SEMARANG = _names(_SEMARANG)
