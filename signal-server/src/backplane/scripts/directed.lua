-- What somebody says to one member, to the node where it is at this moment. If that one is away,
-- the sender's node keeps the message until the member is found or gone.
local room, to, note = ARGV[1], ARGV[2], ARGV[3]
local text = redis.call('HGET', room_key(room), 'm:' .. to)
if text then redis.call('PUBLISH', channel(cjson.decode(text).node), note) end
