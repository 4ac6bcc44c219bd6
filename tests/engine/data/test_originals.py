import os

from outfold.data.originals import Originals


def test_an_original_is_found_under_every_dataset_made_from_it(tmp_path):
    """The same file read in two ways is two datasets with one original."""
    file = tmp_path / "upload"
    file.write_bytes(b"a;b\n1;2\n")
    store = Originals(tmp_path / "originals")
    assert store.path("k1") is None
    store.keep(file, "k1")
    file.unlink()
    first = store.path("k1")
    assert first is not None
    store.keep(first, "k2")
    store.keep(first, "k1")
    assert store.path("k2").read_bytes() == b"a;b\n1;2\n"


def test_the_oldest_originals_go_when_there_is_no_room(tmp_path):
    """The newest file always stays, even if it is alone too large."""
    store = Originals(tmp_path / "originals", most_bytes=25)
    for name in ("a", "b", "c"):
        file = tmp_path / name
        file.write_bytes(b"0123456789")
        store.keep(file, name)
        os.utime(file)
    assert store.path("c") is not None
    assert store.path("a") is None
    big = tmp_path / "big"
    big.write_bytes(b"0" * 100)
    store.keep(big, "big")
    assert store.path("big") is not None
    assert store.path("b") is None


def test_a_key_never_leads_out_of_the_folder(tmp_path):
    """Keys come from addresses that anybody can type."""
    (tmp_path / "secret").write_text("x")
    (tmp_path / "originals").mkdir()
    assert Originals(tmp_path / "originals").path("../secret") is None
