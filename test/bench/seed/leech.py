# A leecher that discards what it gets, as a program of its own.
#
#   leech.py wait|download <port> <info-hash> <size> <piece length> <connections>
#
# `wait` ends as soon as the seed offers every piece. `download` tells as JSON how long the whole torrent took. It costs
# next to nothing, so that the seed is what is measured: the kernel drops the blocks without copying them (`man 7 tcp`,
# MSG_TRUNC).
import json
import os
import select
import socket
import struct
import sys
import time

BLOCK_BYTES = 16 * 1024
# Blocks asked for at a time on each connection, and how many must be wanting before more are asked for: a write
# for each would be a measurement of writes.
WINDOW = 256
BATCH = 32
REQUEST_BYTES = 17
HEADER_BYTES = 13
MESSAGE_BYTES = HEADER_BYTES + BLOCK_BYTES
# Of so many blocks the first one's header is looked at.
RUN_BLOCKS = 16
READY_TIMEOUT_SECONDS = 60
REPLY_TIMEOUT_SECONDS = 5
# Transmission gives out its slots every ten seconds.
UNCHOKE_TIMEOUT_SECONDS = 30
UNCHOKE, INTERESTED, BITFIELD, REQUEST, PIECE = 1, 2, 5, 6, 7
UNCHOKE_MESSAGE = struct.pack(">IB", 1, UNCHOKE)

# What went wrong is told in one line.
sys.tracebacklimit = 0
_, mode, port, info_hash, size, piece_bytes, count = sys.argv
port, size, piece_bytes, count = int(port), int(size), int(piece_bytes), int(count)
scratch = bytearray(RUN_BLOCKS * MESSAGE_BYTES)


def shake_hands(address):
    """Connects from that address, and says what a leecher without any extension says first."""
    connection = socket.create_connection(
        ("127.0.0.1", port), REPLY_TIMEOUT_SECONDS, source_address=(address, 0)
    )
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    peer_id = b"-XX0001-" + os.urandom(12)
    connection.sendall(b"\x13BitTorrent protocol" + bytes(8) + bytes.fromhex(info_hash) + peer_id)
    read_exactly(connection, 68)
    return connection


def read_exactly(connection, length):
    parts = bytearray()
    while len(parts) < length:
        part = connection.recv(length - len(parts))
        if not part:
            raise ConnectionError("The seed closed a connection")
        parts += part
    return bytes(parts)


def wait_for(connection, wanted_id):
    """Reads messages up to one with that id, and returns its payload."""
    while True:
        (length,) = struct.unpack(">I", read_exactly(connection, 4))
        message = read_exactly(connection, length)
        if message and message[0] == wanted_id:
            return message[1:]


def is_whole():
    try:
        with shake_hands("127.0.0.200") as probe:
            # All bits set is all that matters: as many as there are whole bytes.
            return all(byte == 0xFF for byte in wait_for(probe, BITFIELD)[:-1])
    except OSError:
        return False


def wait_until_whole():
    """Seeds verify first, or are not up yet."""
    deadline = time.monotonic() + READY_TIMEOUT_SECONDS
    while not is_whole():
        if time.monotonic() > deadline:
            raise TimeoutError("The seed did not offer every piece in time")
        time.sleep(0.2)


class Download:
    """Every `count`th piece over one connection, in the order asked for: blocks are counted and not kept."""

    def __init__(self, connection, first_piece):
        self.connection = connection
        self.requests = b"".join(
            struct.pack(">IBIII", HEADER_BYTES, REQUEST, piece, begin, BLOCK_BYTES)
            for piece in range(first_piece, size // piece_bytes, count)
            for begin in range(0, piece_bytes, BLOCK_BYTES)
        )
        self.blocks = len(self.requests) // REQUEST_BYTES
        self.asked = 0
        self.received_bytes = 0
        self.header = b""
        # Up to the next header that is looked at.
        self.skip_bytes = 0

    @property
    def is_done(self):
        return self.received_bytes == self.blocks * MESSAGE_BYTES

    def ask(self):
        up_to = min(self.received_bytes // MESSAGE_BYTES + WINDOW, self.blocks)
        if up_to - self.asked < BATCH and up_to < self.blocks:
            return
        self.connection.sendall(self.requests[self.asked * REQUEST_BYTES : up_to * REQUEST_BYTES])
        self.asked = up_to

    def take(self):
        """Called where there is something to read."""
        if self.skip_bytes == 0:
            self.take_header()
        else:
            taken = self.connection.recv_into(scratch, self.skip_bytes, socket.MSG_TRUNC)
            self.expect(taken > 0, "The seed closed a connection")
            self.received_bytes += taken
            self.skip_bytes -= taken
            self.ask()

    def take_header(self):
        part = self.connection.recv(HEADER_BYTES - len(self.header))
        self.header += part
        # libtorrent says twice that it unchokes.
        self.header = self.header.removeprefix(UNCHOKE_MESSAGE)
        self.expect(len(part) > 0, "The seed closed a connection")
        if len(self.header) < HEADER_BYTES:
            return
        length, message_id, _, _ = struct.unpack(">IBII", self.header)
        self.expect(message_id == PIECE and length == MESSAGE_BYTES - 4, "That is no block")
        self.received_bytes += HEADER_BYTES
        self.header = b""
        left = self.blocks - self.received_bytes // MESSAGE_BYTES
        self.skip_bytes = min(RUN_BLOCKS, left) * MESSAGE_BYTES - HEADER_BYTES

    def expect(self, is_so, complaint):
        if not is_so:
            raise ValueError(f"{complaint}, at byte {self.received_bytes}: {self.header}")


def download():
    connections = [shake_hands(f"127.0.0.{index + 10}") for index in range(count)]
    for connection in connections:
        wait_for(connection, BITFIELD)
        connection.sendall(struct.pack(">IB", 1, INTERESTED))
    for connection in connections:
        connection.settimeout(UNCHOKE_TIMEOUT_SECONDS)
        wait_for(connection, UNCHOKE)
    downloads = {
        connection.fileno(): Download(connection, index)
        for index, connection in enumerate(connections)
    }
    for connection in connections:
        # Without a timeout, Python does not ask whether there is something to read before each read.
        connection.settimeout(None)
    readable = select.epoll()
    start = time.monotonic()
    for descriptor, its in downloads.items():
        readable.register(descriptor, select.EPOLLIN)
        its.ask()
    while downloads:
        for descriptor, _ in readable.poll():
            its = downloads[descriptor]
            its.take()
            if its.is_done:
                readable.unregister(descriptor)
                del downloads[descriptor]
    return time.monotonic() - start


if size % piece_bytes != 0 or piece_bytes % BLOCK_BYTES != 0:
    raise ValueError("Whole pieces of whole blocks alone are downloaded")
if mode == "wait":
    wait_until_whole()
else:
    seconds = download()
    spent = os.times()
    print(json.dumps({"seconds": seconds, "cpuSeconds": spent.user + spent.system}))
