-- Decides a join for all nodes: a resume of a remote member, or a new member. The answer goes to
-- the channel of the node, in order with all other changes.
local node, request, room, proof, resume, text, most, networks, attempts_per_minute, rate_limited =
  ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], tonumber(ARGV[7]), ARGV[8], tonumber(ARGV[9]), ARGV[10]
local mine = channel(node)
local wanted = cjson.decode(text)

local function refuse(reason, wait)
  redis.call('PUBLISH', mine, '{"type":"refused","request":' .. request .. ',"reason":"' .. reason
    .. '","wait_ms":' .. string.format('%d', wait or 0) .. '}')
end

local list = members(room)

if resume ~= '' then
  for _, member in ipairs(list) do
    local record = member.record
    if record.token == resume and record.node ~= node then
      local old = record.node
      local kept = redis.call('GETDEL', kept_key(room, record.id))
      record.node, record.token, record.lost = node, wanted.token, nil
      if wanted.device then record.device = wanted.device end
      if wanted.status then record.status = wanted.status end
      member.text = put(room, record)
      redis.call('SADD', rooms_key(node), room)
      local function moved_message()
        return '{"type":"moved","room":"' .. room .. '","member":' .. member.text .. '}'
      end
      local backlog = 'lost'
      if kept then
        backlog = 'redis'
      elseif is_alive(old) and redis.call('PUBLISH', channel(old), moved_message()) > 0 then
        backlog = 'previous_node'
      else
        record.takeover_epoch = (record.takeover_epoch or 0) + 1
        member.text = put(room, record)
      end
      -- The previous node already knows, or is away.
      local others = {}
      for _, other in ipairs(list) do
        if other.record.node ~= old then others[#others + 1] = other end
      end
      if backlog ~= 'previous_node' then others = list end
      tell(others, node, moved_message())
      tidy(room, old)
      redis.call('PUBLISH', mine, '{"type":"resumed","request":' .. request .. ',"backlog":"' .. backlog
        .. '","room":"' .. room .. '","id":"' .. record.id .. '","proof":"' .. (redis.call('HGET', room_key(room), 'proof') or '')
        .. '","kept":' .. (kept or 'null') .. ',"members":' .. array(list) .. '}')
      return
    end
  end
end

-- The node limits joins from this address.
if rate_limited ~= '' then return refuse('rate-limited') end

-- Each network of the address: hash, multiple of passcode attempts, limit of members.
local of_address, hashes = {}, {}
for hash, times, places in string.gmatch(networks, '(%x+)%*(%d+)%*(%d+)') do
  of_address[#of_address + 1] = { hash = hash, times = tonumber(times), places = tonumber(places) }
  hashes[#hashes + 1] = hash
end

-- Wrong passcodes of a network in a room, limited by GCRA: the attempts of one minute at once, then
-- one at a time.
local now, attempts = now_ms(), {}
if proof ~= '' and attempts_per_minute > 0 then
  for _, network in ipairs(of_address) do
    local key = PREFIX .. 'passcode_attempts:' .. room .. ':' .. network.hash
    local span = 60000 / (attempts_per_minute * network.times)
    local due = math.max(now, tonumber(redis.call('GET', key) or '0'))
    local wait = due - now - (60000 - span)
    if wait > 0.5 then return refuse('passcode-attempts', math.ceil(wait)) end
    attempts[#attempts + 1] = { key = key, due = math.ceil(due + span) }
  end
end
if #list > 0 and (redis.call('HGET', room_key(room), 'proof') or '') ~= proof then
  for _, wrong in ipairs(attempts) do
    redis.call('SET', wrong.key, string.format('%d', wrong.due), 'PX', 120000)
  end
  return refuse('passcode')
end
-- Members of the same device without a socket make way for the new one.
local ghosts, rest = {}, {}
for _, member in ipairs(list) do
  local record = member.record
  local is_own = wanted.device and record.device == wanted.device
  if is_own and (record.lost or not is_alive(record.node) or not listens(record.node)) then
    ghosts[#ghosts + 1] = record
  else
    rest[#rest + 1] = member
  end
end
if #rest >= most then return refuse('full') end
for _, network in ipairs(of_address) do
  local held = 0
  for _, member in ipairs(rest) do
    local of_member = redis.call('HGET', room_key(room), 'n:' .. member.record.id) or ''
    if string.find(of_member, network.hash, 1, true) then held = held + 1 end
  end
  if held >= network.places then return refuse('share-full') end
end
for _, ghost in ipairs(ghosts) do
  drop(room, ghost.id)
  redis.call('DEL', kept_key(room, ghost.id))
  tell(list, '', left_message(room, ghost.id, 'lost', wanted.id))
  tidy(room, ghost.node)
end
list = rest
if #list == 0 then
  redis.call('DEL', room_key(room))
  redis.call('HSET', room_key(room), 'proof', proof)
end
wanted.order = redis.call('HINCRBY', room_key(room), 'next', 1)
text = put(room, wanted)
redis.call('HSET', room_key(room), 'n:' .. wanted.id, table.concat(hashes, ' '))
redis.call('SADD', rooms_key(node), room)
tell(list, node, '{"type":"joined","room":"' .. room .. '","member":' .. text .. '}')
list[#list + 1] = { record = wanted, text = text }
redis.call('PUBLISH', mine, '{"type":"entered","request":' .. request .. ',"room":"' .. room .. '","id":"'
  .. wanted.id .. '","members":' .. array(list) .. '}')
