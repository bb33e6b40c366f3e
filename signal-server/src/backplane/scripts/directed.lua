-- Forwards a message to the node that the sender takes for the owner. With another owner the
-- message goes to no node; the sender's node gets `misrouted`, after the message about the move. If
-- the owner is away, the sender's node keeps the message until the member moves or is removed.
local node, room, to, owner, takeover_epoch, number, message =
  ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]), ARGV[6], ARGV[7]
local text = redis.call('HGET', room_key(room), 'm:' .. to)
if not text then return end
local record = cjson.decode(text)
if record.node == owner and (record.takeover_epoch or 0) == takeover_epoch then
  redis.call('PUBLISH', channel(owner), message)
else
  redis.call('PUBLISH', channel(node), '{"type":"misrouted","room":"' .. room .. '","to":"' .. to
    .. '","number":' .. number .. '}')
end
