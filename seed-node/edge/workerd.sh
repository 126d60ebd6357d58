#!/bin/sh
# Runs workerd under the process id that it writes down, so that a next start can end one that outlived its parent.
echo $$ > "$EVERTORRENT_WORKERD_PID_FILE" && exec "$EVERTORRENT_WORKERD" "$@"
