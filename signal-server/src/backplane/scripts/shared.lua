-- Prefix of every script: keys, and functions that publish to the nodes of a room. A room is a
-- hash: "proof", "next" (join order), "m:ID" (the record of a member) and "n:ID" (hashes of its
-- networks). A record has "lost" while its member has no socket.
local PREFIX = 'snug:1:'

local function room_key(room) return PREFIX .. 'room:' .. room end
local function lease_key(node) return PREFIX .. 'lease:' .. node end
local function rooms_key(node) return PREFIX .. 'rooms:' .. node end
local function kept_key(room, id) return PREFIX .. 'kept:' .. room .. ':' .. id end
local function channel(node) return PREFIX .. 'node:' .. node end
-- Rooms of a node that is away, whose members were not announced as lost yet.
local function unannounced_key(node) return PREFIX .. 'unannounced:' .. node end
local NODES = PREFIX .. 'nodes'
local AWAY = PREFIX .. 'away'

local function is_alive(node) return redis.call('EXISTS', lease_key(node)) == 1 end
local function listens(node) return redis.call('PUBSUB', 'NUMSUB', channel(node))[2] > 0 end

local function now_ms()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

local function set_away(node)
  redis.call('HSET', AWAY, node, string.format('%d', now_ms()))
  redis.call('SUNIONSTORE', unannounced_key(node), rooms_key(node))
end

local function clear_away(node)
  redis.call('HDEL', AWAY, node)
  redis.call('DEL', unannounced_key(node))
end

-- All members, each with its record as a table and as text.
local function members(room)
  local fields = redis.call('HGETALL', room_key(room))
  local list = {}
  for i = 1, #fields, 2 do
    if string.sub(fields[i], 1, 2) == 'm:' then
      list[#list + 1] = { record = cjson.decode(fields[i + 1]), text = fields[i + 1] }
    end
  end
  return list
end

local function array(list)
  local texts = {}
  for _, member in ipairs(list) do texts[#texts + 1] = member.text end
  return '[' .. table.concat(texts, ',') .. ']'
end

local function put(room, record)
  local text = cjson.encode(record)
  redis.call('HSET', room_key(room), 'm:' .. record.id, text)
  return text
end

local function drop(room, id)
  redis.call('HDEL', room_key(room), 'm:' .. id, 'n:' .. id)
end

-- Publishes once to each node that has one of these members.
local function tell(list, except, message)
  local told = { [except] = true }
  for _, member in ipairs(list) do
    local node = member.record.node
    if not told[node] then
      told[node] = true
      redis.call('PUBLISH', channel(node), message)
    end
  end
end

-- Updates the indexes after a member of this node has left the room.
local function tidy(room, node)
  local list = members(room)
  if #list == 0 then redis.call('DEL', room_key(room)) end
  for _, member in ipairs(list) do
    if member.record.node == node then return list end
  end
  redis.call('SREM', rooms_key(node), room)
  return list
end

local function left_message(room, id, reason, replaced_by)
  local by = replaced_by and ',"replaced_by":"' .. replaced_by .. '"' or ''
  return '{"type":"left","room":"' .. room .. '","id":"' .. id .. '","reason":"' .. reason .. '"' .. by .. '}'
end

local function changed_message(room, text)
  return '{"type":"changed","room":"' .. room .. '","member":' .. text .. '}'
end
