# Makes a .torrent with libtorrent, or loads one: prints the v1 and v2 info-hashes, "-" for one that it has not.
import os
import sys
import libtorrent as lt


def files_below(root):
    if os.path.isfile(root):
        return [(os.path.basename(root), os.path.getsize(root))]
    found = []
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            found.append((os.path.relpath(path, os.path.dirname(root)), os.path.getsize(path)))
    # libtorrent keeps the order in which files are added: that of a BEP 52 file tree.
    return sorted(found, key=lambda entry: [os.fsencode(part) for part in entry[0].split("/")])


def make(root, file_format, piece_length, pads_tail, output):
    storage = lt.file_storage()
    for path, size in files_below(root):
        storage.add_file(path, size)
    flags = lt.create_torrent.no_attributes
    if file_format == "v1":
        flags |= lt.create_torrent.v1_only
    elif file_format == "v2":
        flags |= lt.create_torrent.v2_only
    elif not pads_tail:
        flags |= lt.create_torrent.canonical_files_no_tail_padding
    torrent = lt.create_torrent(storage, piece_length, flags)
    lt.set_piece_hashes(torrent, os.path.dirname(root))
    with open(output, "wb") as file:
        file.write(lt.bencode(torrent.generate()))


def load(path):
    hashes = lt.torrent_info(path).info_hashes()
    v1 = str(hashes.v1) if hashes.has_v1() else "-"
    v2 = str(hashes.v2) if hashes.has_v2() else "-"
    print(v1, v2)


if sys.argv[1] == "make":
    _, _, root, file_format, piece_length, pads_tail, output = sys.argv
    make(root, file_format, int(piece_length), pads_tail == "tail", output)
    load(output)
else:
    load(sys.argv[2])
