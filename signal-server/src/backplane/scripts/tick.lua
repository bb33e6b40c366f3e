-- Renews the lease of the node. Members of a node that is away for longer than the grace period are
-- lost. Returns the number of live nodes, this one included, or 0 if this node lost its
-- registration.
local node, lease, grace = ARGV[1], ARGV[2], tonumber(ARGV[3])
local function listens(name) return redis.call('PUBSUB', 'NUMSUB', channel(name))[2] > 0 end
if not is_alive(node) or not listens(node) then return 0 end
redis.call('PEXPIRE', lease_key(node), lease)
local now = now_ms()
-- Bounds the work of one run, because a script blocks Redis.
local MOST_ROOMS = 500

local function bury(dead)
  for _, room in ipairs(redis.call('SRANDMEMBER', rooms_key(dead), MOST_ROOMS)) do
    local gone = {}
    for _, member in ipairs(members(room)) do
      if member.record.node == dead then gone[#gone + 1] = member.record.id end
    end
    for _, id in ipairs(gone) do
      drop(room, id)
      redis.call('DEL', kept_key(room, id))
    end
    local rest = tidy(room, dead)
    for _, id in ipairs(gone) do tell(rest, dead, left_message(room, id, 'lost')) end
  end
  if redis.call('SCARD', rooms_key(dead)) == 0 then
    redis.call('HDEL', NODES, dead)
    redis.call('HDEL', AWAY, dead)
  end
end

local here = 1
for _, other in ipairs(redis.call('HKEYS', NODES)) do
  if other ~= node then
    if is_alive(other) and listens(other) then
      here = here + 1
      redis.call('HDEL', AWAY, other)
    else
      local since = redis.call('HGET', AWAY, other)
      if not since then
        redis.call('HSET', AWAY, other, string.format('%d', now))
      elseif now - tonumber(since) >= grace then
        bury(other)
      end
    end
  end
end
return here
