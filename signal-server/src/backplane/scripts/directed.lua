-- What somebody says to one member, to the node where the sender's node takes it to be. If it is
-- another's by now it goes nowhere, and the sender's node is told so, behind the news of the move. If
-- the node is away, the sender's keeps the message until the member is found or gone.
local node, room, to, home, breaks, number, note =
  ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]), ARGV[6], ARGV[7]
local text = redis.call('HGET', room_key(room), 'm:' .. to)
if not text then return end
local record = cjson.decode(text)
if record.node == home and (record.breaks or 0) == breaks then
  redis.call('PUBLISH', channel(home), note)
else
  redis.call('PUBLISH', channel(node), '{"note":"astray","room":"' .. room .. '","to":"' .. to
    .. '","number":' .. number .. '}')
end
