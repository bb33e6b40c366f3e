# The Debian in $BASE with the layer $TREE above it. Files that are written below $ROOT end with this script.
ROOT="$TREE-mounted"
mkdir -p "$ROOT"
mount -t tmpfs tmpfs "$ROOT"
mkdir "$ROOT/upper" "$ROOT/work" "$ROOT/all"
mount -t overlay -o "lowerdir=$TREE:$BASE,upperdir=$ROOT/upper,workdir=$ROOT/work" overlay "$ROOT/all"
ROOT="$ROOT/all"
mount --rbind /dev "$ROOT/dev"
mount -t proc proc "$ROOT/proc"
