# A server on the internet: a network namespace with a public address and a name. Changes to the
# system's folders stay inside of it. Everything ends with this script.
ip link set lo up
ip address add 203.0.113.5/32 dev lo
mkdir "$FOLDER/layers"
mount -t tmpfs tmpfs "$FOLDER/layers"
for system in etc usr var; do
    mkdir -p "$FOLDER/layers/$system/upper" "$FOLDER/layers/$system/work"
    layers="upperdir=$FOLDER/layers/$system/upper,workdir=$FOLDER/layers/$system/work"
    mount -t overlay -o "lowerdir=/$system,$layers" overlay "/$system"
done
printf '127.0.0.1 localhost\n203.0.113.5 meet.example.org\n' > "$FOLDER/layers/hosts"
mount --bind "$FOLDER/layers/hosts" /etc/hosts

# A checkout with built programs and page, and a sudo that permits everything.
checkout="$FOLDER/checkout"
mkdir -p "$checkout/target/release" "$checkout/ui/dist" "$FOLDER/bin" /usr/share/snug-relay
cp "$SERVER" "$checkout/target/release/signal-server"
echo '<!doctype html><title>Snug</title>' > "$checkout/ui/dist/index.html"
cp -r "$checkout/ui/dist" /usr/share/snug-relay/page
printf '#!/bin/sh\nexec "$@"\n' > "$FOLDER/bin/sudo"
for built in npm cargo; do
    printf '#!/bin/sh\n' > "$FOLDER/bin/$built"
done
chmod +x "$FOLDER"/bin/*
PATH="$FOLDER/bin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
cd "$checkout"

# Starts a program in the background, and waits until its log contains these words.
start() {
    local words="$1" log="$FOLDER/$2.log"
    shift 2
    "$@" > "$log" 2>&1 &
    local started=$!
    tail -n +1 -F --pid=$started "$log" 2> "$FOLDER/tail" | grep -q "$words" || { cat "$log"; exit 3; }
}

# An ACME authority in place of Let's Encrypt, by the relay's variables.
authority() {
    start 'challenge server' names pebble-challtestsrv \
        -defaultIPv4 203.0.113.5 -defaultIPv6 '' -http01 '' -https01 '' -tlsalpn01 '' \
        -dns01 127.0.0.1:8053 -management 127.0.0.1:8055
    PEBBLE_VA_NOSLEEP=1 PEBBLE_WFE_NONCEREJECT=0 start 'ACME directory available' pebble \
        pebble -config "$FOLDER/pebble.json" -dnsserver 127.0.0.1:8053
    export SNUG_ACME_DIRECTORY=https://localhost:14000/dir SNUG_ACME_CA="$FOLDER/authority.pem"
    curl --silent --show-error --cacert "$FOLDER/authority.pem" \
        https://localhost:15000/roots/0 > "$FOLDER/root.pem"
    export SSL_CERT_FILE="$FOLDER/root.pem"
}

# The service as systemd would start it: a user whose one privilege is a port below 1024, a folder
# of its own, and the variables of its configuration.
service() {
    mkdir -p /var/lib/snug-relay
    chown 61234:61234 /var/lib/snug-relay
    chmod 700 /var/lib/snug-relay
    xargs --arg-file="$FOLDER/service.env" --delimiter='\n' sh -c 'exec env "$@" setpriv \
        --reuid=61234 --regid=61234 --clear-groups --no-new-privs --bounding-set=-all,+net_bind_service \
        --inh-caps=-all,+net_bind_service --ambient-caps=-all,+net_bind_service /usr/bin/signal-server' sh
}
