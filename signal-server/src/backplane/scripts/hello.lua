-- Registers the node. Returns the rooms in which it has members.
local node, lease = ARGV[1], ARGV[2]
redis.call('SET', lease_key(node), '', 'PX', lease)
redis.call('HSET', NODES, node, '')
clear_away(node)
return redis.call('SMEMBERS', rooms_key(node))
