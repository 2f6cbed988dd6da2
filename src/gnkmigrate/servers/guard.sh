# Runs a server for as long as the process at the other end of standard input lives, then stops
# it and removes its folder. It needs no signal from that process, so it works after kill -9 too.
# Arguments: the server's folder, then its command line. Standard output is the folder's lock,
# which the server must not hold: it says that somebody is there to clean up.
folder=$1
shift
exec 3<&0 </dev/null
"$@" 1>&2 3<&- &
server=$!
{
    read -r _ <&3
    kill -QUIT "$server"
} 2>/dev/null &
watcher=$!
exec 3<&-
wait "$server"
status=$?
kill "$watcher" 2>/dev/null
rm -rf "$folder"
exit "$status"
