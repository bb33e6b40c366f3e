-- Sends a handover to the current owner, which may be the same node. A stopping node gives the
-- grace period: then the handover is stored for the next owner.
local node, room, id, handover, grace = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local text = redis.call('HGET', room_key(room), 'm:' .. id)
if not text then return end
local owner = cjson.decode(text).node
if owner == node and grace then
  redis.call('SET', kept_key(room, id), handover, 'PX', grace)
else
  redis.call('PUBLISH', channel(owner), '{"type":"handed_over","room":"' .. room .. '","id":"' .. id
    .. '","handover":' .. handover .. '}')
end
