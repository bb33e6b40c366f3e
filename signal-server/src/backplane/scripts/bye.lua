-- The node handed over its backlogs and stops. Its members may resume within the grace period.
local node = ARGV[1]
redis.call('DEL', lease_key(node))
set_away(node)
