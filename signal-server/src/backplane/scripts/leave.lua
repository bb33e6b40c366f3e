-- Removes a member of this node.
local node, room, id, reason = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local text = redis.call('HGET', room_key(room), 'm:' .. id)
if not text or cjson.decode(text).node ~= node then return end
drop(room, id)
tell(tidy(room, node), node, left_message(room, id, reason))
