-- The node has handed over what it holds and goes; its members have the grace to come back.
local node = ARGV[1]
redis.call('DEL', lease_key(node))
redis.call('HSET', AWAY, node, string.format('%d', now_ms()))
