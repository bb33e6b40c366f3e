-- Replaces the members of this node in a room by the given list, and tells every node in the room.
local node, room, proof, most = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local given, here = {}, {}
for i = 5, #ARGV do
  local record = cjson.decode(ARGV[i])
  given[#given + 1] = { record = record, text = ARGV[i] }
  here[record.id] = true
end
local known, count = {}, 0
for _, member in ipairs(members(room)) do
  local record = member.record
  if record.node == node and not here[record.id] then
    drop(room, record.id)
  else
    known[record.id] = record
    count = count + 1
  end
end
local fits = true
if count == 0 then
  redis.call('DEL', room_key(room))
  if #given > 0 then redis.call('HSET', room_key(room), 'proof', proof) end
else
  fits = (redis.call('HGET', room_key(room), 'proof') or '') == proof
end
local refused = {}
for _, member in ipairs(given) do
  local record, before = member.record, known[member.record.id]
  if before then
    if before.node == node then
      redis.call('HSET', room_key(room), 'm:' .. record.id, member.text)
    end
  elseif fits and count < most then
    count = count + 1
    redis.call('HSET', room_key(room), 'm:' .. record.id, member.text)
    local last = tonumber(redis.call('HGET', room_key(room), 'next') or '0')
    if record.order > last then redis.call('HSET', room_key(room), 'next', string.format('%d', record.order)) end
  else
    refused[#refused + 1] = { text = '"' .. record.id .. '"' }
  end
end
local list = tidy(room, node)
local mine = {}
for _, member in ipairs(list) do
  if member.record.node == node then mine[#mine + 1] = member end
end
if #mine > 0 then redis.call('SADD', rooms_key(node), room) end
tell(list, node, '{"type":"synced","room":"' .. room .. '","node":"' .. node .. '","members":' .. array(mine) .. '}')
redis.call('PUBLISH', channel(node), '{"type":"snapshot","room":"' .. room .. '","refused":' .. array(refused)
  .. ',"members":' .. array(list) .. '}')
