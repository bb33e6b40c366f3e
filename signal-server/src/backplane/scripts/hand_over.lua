-- What a node holds for a member, to the node that took it over, perhaps the same again. A node
-- that ends says for how long it is kept while none has.
local node, room, id, handover, grace = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local text = redis.call('HGET', room_key(room), 'm:' .. id)
if not text then return end
local home = cjson.decode(text).node
if home == node and grace then
  redis.call('SET', kept_key(room, id), handover, 'PX', grace)
else
  redis.call('PUBLISH', channel(home), '{"note":"handed_over","room":"' .. room .. '","id":"' .. id
    .. '","handover":' .. handover .. '}')
end
