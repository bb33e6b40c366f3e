-- Renews the lease of the node. Members of a node that is away are announced as lost after a notice
-- period, and removed after the grace period. Returns the number of live nodes, this one included,
-- or 0 if this node lost its registration.
local node, lease, grace, lost_notice = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
if not is_alive(node) or not listens(node) then return 0 end
redis.call('PEXPIRE', lease_key(node), lease)
local now = now_ms()
-- Bounds the work of one run, because a script blocks Redis.
local MOST_ROOMS = 500

local function announce_lost(away)
  for _, room in ipairs(redis.call('SPOP', unannounced_key(away), MOST_ROOMS)) do
    local list = members(room)
    for _, member in ipairs(list) do
      local record = member.record
      if record.node == away and record.lost ~= 'announced' then
        record.lost = 'announced'
        member.text = put(room, record)
        tell(list, away, changed_message(room, member.text))
      end
    end
  end
end

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
    clear_away(dead)
  end
end

local here = 1
for _, other in ipairs(redis.call('HKEYS', NODES)) do
  if other ~= node then
    if is_alive(other) and listens(other) then
      here = here + 1
      clear_away(other)
    else
      local since = tonumber(redis.call('HGET', AWAY, other) or '')
      if not since then
        set_away(other)
        since = now
      end
      if now - since >= grace then
        bury(other)
      elseif now - since >= lost_notice then
        announce_lost(other)
      end
    end
  end
end
return here
