# Downloads a .torrent or a magnet link with libtorrent from the peers that its trackers name, and ends when it is whole.
# With a third argument every connection is encrypted: "rc4", "plaintext" (all but the handshake) or "both".
import sys
import time
import libtorrent as lt

source, folder, *level = sys.argv[1:]
encryption = {
    "in_enc_policy": int(lt.enc_policy.pe_forced),
    "out_enc_policy": int(lt.enc_policy.pe_forced),
    "allowed_enc_level": int(getattr(lt.enc_level, level[0])),
} if level else {}
session = lt.session({
    "enable_dht": False,
    "enable_lsd": False,
    "enable_upnp": False,
    "enable_natpmp": False,
    "listen_interfaces": "127.0.0.1:0",
    "alert_mask": lt.alert.category_t.error_notification | lt.alert.category_t.peer_notification
    | lt.alert.category_t.tracker_notification | lt.alert.category_t.status_notification,
    # The seed box and the download are on one machine.
    "allow_multiple_connections_per_ip": True,
    **encryption,
})
if source.startswith("magnet:"):
    parameters = lt.parse_magnet_uri(source)
else:
    parameters = lt.add_torrent_params()
    parameters.ti = lt.torrent_info(source)
parameters.save_path = folder
handle = session.add_torrent(parameters)
while not handle.status().is_seeding:
    for alert in session.pop_alerts():
        print(alert.message(), file=sys.stderr)
    if handle.status().errc.value() != 0:
        sys.exit(handle.status().errc.message())
    time.sleep(0.05)
