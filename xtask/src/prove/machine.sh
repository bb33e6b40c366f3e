# A file system with this computer's programs and the files of $TREE, and nothing else.
ROOT="$TREE"
for name in bin sbin lib lib32 lib64; do
    if [ -L "/$name" ] && [ ! -e "$ROOT/$name" ]; then cp -P "/$name" "$ROOT/$name"; fi
done
for name in usr etc opt dev sys tmp "$HOME"; do
    [ -d "/${name#/}" ] || continue
    mkdir -p "$ROOT/${name#/}"
    mount --rbind "/${name#/}" "$ROOT/${name#/}"
done
mkdir -p "$ROOT/proc"
mount -t proc proc "$ROOT/proc"
