-- The node is still here. Nodes that are not are noted, and after the grace their members are
-- lost. Answers how many nodes are here, this one among them, or 0 if this one is none any more.
local node, lease, grace = ARGV[1], ARGV[2], tonumber(ARGV[3])
local function listens(name) return redis.call('PUBSUB', 'NUMSUB', channel(name))[2] > 0 end
if not is_alive(node) or not listens(node) then return 0 end
redis.call('PEXPIRE', lease_key(node), lease)
local now = now_ms()
-- So that a large node does not hold up the others.
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
    for _, id in ipairs(gone) do tell(rest, dead, left_note(room, id, 'lost')) end
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
