# Seeds one .torrent with libtorrent, without checking it first, until it is stopped.
import sys
import time
import libtorrent as lt

_, torrent, folder, port, profile = sys.argv
settings = lt.high_performance_seed() if profile == "tuned" else {}
settings.update({
    "enable_dht": False,
    "enable_lsd": False,
    "enable_upnp": False,
    "enable_natpmp": False,
    "listen_interfaces": f"127.0.0.1:{port}",
    "allow_multiple_connections_per_ip": True,
    "alert_mask": 0,
})
session = lt.session(settings)
parameters = lt.add_torrent_params()
parameters.ti = lt.torrent_info(torrent)
parameters.save_path = folder
parameters.flags |= lt.torrent_flags.seed_mode
session.add_torrent(parameters)
while True:
    time.sleep(1)
