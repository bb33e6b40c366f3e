-- Updates the status or token of a member of this node.
local node, room, text = ARGV[1], ARGV[2], ARGV[3]
local record = cjson.decode(text)
local before = redis.call('HGET', room_key(room), 'm:' .. record.id)
if not before then return end
before = cjson.decode(before)
if before.node ~= node then return end
redis.call('HSET', room_key(room), 'm:' .. record.id, text)
if before.status ~= record.status then
  tell(members(room), node, '{"type":"changed","room":"' .. room .. '","member":' .. text .. '}')
end
