-- Updates the status, the token or the loss of a member of this node.
local node, room, text, token_before = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local record = cjson.decode(text)
local before = redis.call('HGET', room_key(room), 'm:' .. record.id)
if not before then return end
before = cjson.decode(before)
-- With another token the member has moved away and back meanwhile.
if before.node ~= node or before.token ~= token_before then return end
redis.call('HSET', room_key(room), 'm:' .. record.id, text)
local is_announced = (before.lost == 'announced') ~= (record.lost == 'announced')
if before.status ~= record.status or is_announced then
  tell(members(room), node, changed_message(room, text))
end
